<?php
// php libraries/phpredis.php PORT PROTOCOL
function check($expected, $seen): void
{
    if ($expected !== $seen) throw new Exception(var_export($seen, true) . ' in place of ' . var_export($expected, true));
}

$port = (int)$argv[1];
$client = new Redis();
$client->connect('127.0.0.1', $port, 10.0);
$other = new Redis();
$other->connect('127.0.0.1', $port, 10.0);
$keys = array_map(fn($i) => "phpredis:$i", range(0, 299));

$pipeline = $client->multi(Redis::PIPELINE);
foreach ($keys as $key) $pipeline->set($key, $key);
check(array_fill(0, 300, true), $pipeline->exec());
check($keys, $client->mGet($keys));

$client->del('{phpredis}:n', '{phpredis}:list');
check([1, 2, '1'], $client->multi()->incr('{phpredis}:n')->rPush('{phpredis}:list', 'a', 'b')->get('{phpredis}:n')->exec());
$client->watch('{phpredis}:n');
$other->incr('{phpredis}:n');
check(false, $client->multi()->set('{phpredis}:n', '100')->exec());
check('2', $client->get('{phpredis}:n'));

$sha = $client->script('load', "return redis.call('INCRBY', KEYS[1], ARGV[1])");
check(7, $client->evalSha($sha, ['{phpredis}:n', 5], 1));
check([1, 'two', [3]], $client->eval('return {1, "two", {3}}'));

$client->rPush('phpredis:queue', 'job');
check(['phpredis:queue', 'job'], $client->blPop(['phpredis:queue'], 10));
check([], $client->brPop(['phpredis:queue'], 1));

// Another process publishes, for a subscriber's connection is its alone and does not return.
$command = sprintf('%s -r %s', PHP_BINARY, escapeshellarg("usleep(200000); \$r = new Redis(); \$r->connect('127.0.0.1', $port); \$r->publish('phpredis:news', 'hello');"));
$process = popen($command, 'r');
$heard = [];
$subscriber = new Redis();
$subscriber->connect('127.0.0.1', $port, 10.0);
try {
    $subscriber->subscribe(['phpredis:news'], function ($redis, $channel, $message) use (&$heard) {
        $heard[] = [$channel, $message];
        $redis->close();
    });
} catch (RedisException $closed) {
    // Closing is the way out.
}
pclose($process);
check([['phpredis:news', 'hello']], $heard);

$client->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
$found = [];
$cursor = null;
while (($batch = $client->scan($cursor, 'phpredis:*', 50)) !== false) foreach ($batch as $key) $found[$key] = true;
check([], array_values(array_diff($keys, array_keys($found))));
check(300, $client->del($keys));
$client->del('{phpredis}:n', '{phpredis}:list');
echo "works\n";
