#!/bin/sh
# libraries/redis-cli.sh PORT PROTOCOL: redis-cli, whose library is hiredis.
set -eu
cli="redis-cli -p $1 -$2"
check() { [ "$2" = "$3" ] || { echo "$1: '$3' in place of '$2'" >&2; exit 1; }; }

i=0
while [ $i -lt 300 ]; do echo "SET redis-cli:$i $i"; i=$((i + 1)); done | redis-cli -p "$1" --pipe >/dev/null
check pipe 299 "$($cli GET redis-cli:299)"
check transaction "OK QUEUED QUEUED 1 1" "$(printf 'DEL {redis-cli}:n\nMULTI\nINCR {redis-cli}:n\nGET {redis-cli}:n\nEXEC\n' | $cli | tail -n +2 | tr '\n' ' ' | sed 's/ $//')"
check script 6 "$($cli EVAL "return redis.call('INCRBY', KEYS[1], ARGV[1])" 1 '{redis-cli}:n' 5)"
$cli RPUSH redis-cli:queue job >/dev/null
check blocking "redis-cli:queue job" "$($cli BLPOP redis-cli:queue 5 | tr '\n' ' ' | sed 's/ $//')"
check scan 300 "$($cli --scan --pattern 'redis-cli:*' | sort -u | wc -l | tr -d ' ')"
heard=$(mktemp)
$cli SUBSCRIBE redis-cli:news >"$heard" & subscriber=$!
trap 'kill $subscriber 2>/dev/null || true; rm -f "$heard"' EXIT
i=0
until grep -q hello "$heard" || [ $i -ge 100 ]; do $cli PUBLISH redis-cli:news hello >/dev/null; sleep 0.1; i=$((i + 1)); done
check subscription 1 "$(grep -c '^hello$' "$heard" | sed 's/^[2-9].*/1/')"
i=0
while [ $i -lt 300 ]; do echo "DEL redis-cli:$i"; i=$((i + 1)); done | redis-cli -p "$1" --pipe >/dev/null
$cli DEL '{redis-cli}:n' >/dev/null
echo works
