# ruby applications/sidekiq.rb PORT: jobs of Sidekiq, done by a process of it. Its keys have no common prefix: it wants a pool of one shard.
require 'sidekiq'
require 'sidekiq/api'

url = ENV['REDIS_URL'] ||= "redis://127.0.0.1:#{ARGV[0]}/0"
Sidekiq.configure_client { |config| config.redis = { url: url } }
Sidekiq.configure_server { |config| config.redis = { url: url } }

class Double
  include Sidekiq::Worker
  sidekiq_options retry: 1

  def perform(number)
    Sidekiq.redis { |client| client.hset('sidekiq:done', number, number * 2) }
  end
end

if $PROGRAM_NAME == __FILE__
  Sidekiq.redis { |client| client.del('sidekiq:done') }
  process = Process.spawn('sidekiq', '-r', File.expand_path(__FILE__), '-c', '3', '-t', '2', out: File::NULL)
  begin
    20.times { |number| Double.perform_async(number) }
    Double.perform_in(1, 20)
    Sidekiq::Client.push_bulk('class' => Double, 'args' => (21...40).map { |number| [number] })
    deadline = Time.now + 40
    sleep 0.1 until Sidekiq.redis { |client| client.hlen('sidekiq:done') } == 40 || Time.now > deadline
    done = Sidekiq.redis { |client| client.hgetall('sidekiq:done') }
    raise done.inspect unless done == (0...40).to_h { |number| [number.to_s, (number * 2).to_s] }
    raise 'no process is known' if Sidekiq::ProcessSet.new.size.zero?
    raise 'the statistics are wrong' unless Sidekiq::Stats.new.enqueued.zero?
  ensure
    Process.kill('TERM', process)
    Process.wait(process)
  end
  Sidekiq.redis { |client| client.del('sidekiq:done') }
  puts 'works'
end
