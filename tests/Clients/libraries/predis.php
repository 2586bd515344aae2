<?php
// php libraries/predis.php PORT PROTOCOL
require 'Predis/autoload.php';

function check($expected, $seen): void
{
    if ($expected !== $seen) throw new Exception(var_export($seen, true) . ' in place of ' . var_export($expected, true));
}

$at = ['scheme' => 'tcp', 'host' => '127.0.0.1', 'port' => (int)$argv[1], 'read_write_timeout' => 10];
$client = new Predis\Client($at);
$other = new Predis\Client($at);
$keys = array_map(fn($i) => "predis:$i", range(0, 299));

$replies = $client->pipeline(function ($pipeline) use ($keys) {
    foreach ($keys as $key) $pipeline->set($key, $key);
});
check(300, count(array_filter($replies, fn($reply) => (string)$reply === 'OK')));
check($keys, $client->mget($keys));

$client->del(['{predis}:n', '{predis}:list']);
check([1, 2, '1'], $client->transaction(function ($all) {
    $all->incr('{predis}:n');
    $all->rpush('{predis}:list', ['a', 'b']);
    $all->get('{predis}:n');
}));
$client->watch('{predis}:n');
$other->incr('{predis}:n');
$client->multi();
$client->set('{predis}:n', 100);
check(null, $client->exec());
check('2', $client->get('{predis}:n'));

$sha = $client->script('load', "return redis.call('INCRBY', KEYS[1], ARGV[1])");
check(7, $client->evalsha($sha, 1, '{predis}:n', 5));
check([1, 'two', [3]], $client->eval('return {1, "two", {3}}', 0));

$client->rpush('predis:queue', ['job']);
check(['predis:queue', 'job'], $client->blpop(['predis:queue'], 5));
check(null, $client->brpop(['predis:queue'], 1));

$heard = [];
$subscriber = new Predis\Client($at);
$loop = $subscriber->pubSubLoop();
$loop->subscribe('predis:news');
foreach ($loop as $message) {
    if ($message->kind === 'subscribe') $other->publish('predis:news', 'hello');
    if ($message->kind !== 'message') continue;
    $heard[] = [$message->channel, $message->payload];
    $loop->unsubscribe();
}
check([['predis:news', 'hello']], $heard);
unset($loop);

$found = iterator_to_array(new Predis\Collection\Iterator\Keyspace($client, 'predis:*', 50), false);
check([], array_values(array_diff($keys, $found)));
check(300, $client->del($keys));
$client->del(['{predis}:n', '{predis}:list']);
echo "works\n";
