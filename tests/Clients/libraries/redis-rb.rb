# ruby libraries/redis-rb.rb PORT PROTOCOL
require 'redis'

port = Integer(ARGV[0])
client = Redis.new(host: '127.0.0.1', port: port, reconnect_attempts: 0)
other = Redis.new(host: '127.0.0.1', port: port, reconnect_attempts: 0)
keys = (0...300).map { |i| "redis-rb:#{i}" }
check = ->(expected, seen) { raise "#{seen.inspect} in place of #{expected.inspect}" unless expected == seen }

check.(['OK'] * 300, client.pipelined { |pipeline| keys.each { |key| pipeline.set(key, key) } })
check.(keys, client.mget(*keys))

client.del('{redis-rb}:n', '{redis-rb}:list')
check.([1, 2, '1'], client.multi { |all| all.incr('{redis-rb}:n'); all.rpush('{redis-rb}:list', %w[a b]); all.get('{redis-rb}:n') })
check.(nil, client.watch('{redis-rb}:n') { other.incr('{redis-rb}:n'); client.multi { |all| all.set('{redis-rb}:n', 100) } })
check.('2', client.get('{redis-rb}:n'))

sha = client.script(:load, "return redis.call('INCRBY', KEYS[1], ARGV[1])")
check.(7, client.evalsha(sha, keys: ['{redis-rb}:n'], argv: [5]))
check.([1, 'two', [3]], client.eval('return {1, "two", {3}}'))

pusher = Thread.new { sleep 0.05; other.rpush('redis-rb:queue', 'job') }
check.(%w[redis-rb:queue job], client.blpop('redis-rb:queue', timeout: 10))
pusher.join
check.(nil, client.brpop('redis-rb:queue', timeout: 1))

heard = []
subscriber = Redis.new(host: '127.0.0.1', port: port, reconnect_attempts: 0)
subscriber.subscribe('redis-rb:news') do |on|
  on.subscribe { |_, _| Thread.new { other.publish('redis-rb:news', 'hello') } }
  on.message { |channel, message| heard << [channel, message]; subscriber.unsubscribe }
end
check.([%w[redis-rb:news hello]], heard)
check.('redis-rb:1', subscriber.get('redis-rb:1'))

found = client.scan_each(match: 'redis-rb:*', count: 50).to_a
check.([], keys - found)
check.(300, client.del(*keys))
client.del('{redis-rb}:n', '{redis-rb}:list')
puts 'works'
