# ruby libraries/redis-rb-cluster.rb PORT: redis-rb as a client of a cluster, which the gateway presents itself as.
require 'redis'

cluster = Redis.new(cluster: ["redis://127.0.0.1:#{ARGV[0]}"])
keys = (0...200).map { |i| "redis-rb-cluster:#{i}" }
check = ->(expected, seen) { raise "#{seen.inspect} in place of #{expected.inspect}" unless expected == seen }
keys.each { |key| check.('OK', cluster.set(key, key)) }
check.(keys, keys.map { |key| cluster.get(key) })
check.([1, '1'], cluster.multi { |all| all.incr('{redis-rb-cluster}:n'); all.get('{redis-rb-cluster}:n') })
check.([], keys - cluster.scan_each(match: 'redis-rb-cluster:*', count: 50).to_a)
keys.each { |key| cluster.del(key) }
cluster.del('{redis-rb-cluster}:n')
puts 'works'
