// go run libraries/redigo.go PORT PROTOCOL
package main

import (
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/gomodule/redigo/redis"
)

func check(expected interface{}, seen interface{}, err error) {
	if err != nil || !reflect.DeepEqual(expected, seen) {
		panic(fmt.Sprintf("%v (%v) in place of %v", seen, err, expected))
	}
}

func open() redis.Conn {
	client, err := redis.Dial("tcp", "127.0.0.1:"+os.Args[1], redis.DialReadTimeout(20*time.Second))
	if err != nil {
		panic(err)
	}
	return client
}

func main() {
	client, other := open(), open()
	for i := 0; i < 300; i++ {
		client.Send("SET", fmt.Sprintf("redigo:%d", i), i)
	}
	client.Flush()
	for i := 0; i < 300; i++ {
		reply, err := redis.String(client.Receive())
		check("OK", reply, err)
	}

	client.Do("DEL", "{redigo}:n")
	client.Send("MULTI")
	client.Send("INCR", "{redigo}:n")
	client.Send("GET", "{redigo}:n")
	values, err := redis.Values(client.Do("EXEC"))
	check([]interface{}{int64(1), []byte("1")}, values, err)
	client.Do("WATCH", "{redigo}:n")
	other.Do("INCR", "{redigo}:n")
	client.Send("MULTI")
	client.Send("SET", "{redigo}:n", 100)
	dropped, err := client.Do("EXEC")
	check(nil, dropped, err)

	script := redis.NewScript(1, "return redis.call('INCRBY', KEYS[1], ARGV[1])")
	for _, expected := range []int{7, 12} {
		sum, err := redis.Int(script.Do(client, "{redigo}:n", 5))
		check(expected, sum, err)
	}

	go func() {
		time.Sleep(50 * time.Millisecond)
		other.Do("RPUSH", "redigo:queue", "job")
	}()
	popped, err := redis.Strings(client.Do("BLPOP", "redigo:queue", 10))
	check([]string{"redigo:queue", "job"}, popped, err)

	subscriber := redis.PubSubConn{Conn: open()}
	subscriber.Subscribe("redigo:news")
	for heard := ""; heard != "hello"; {
		switch message := subscriber.Receive().(type) {
		case redis.Subscription:
			receivers, err := redis.Int(client.Do("PUBLISH", "redigo:news", "hello"))
			check(1, receivers, err)
		case redis.Message:
			heard = string(message.Data)
		case error:
			panic(message)
		}
	}

	found := map[string]bool{}
	for cursor := "0"; ; {
		batch, err := redis.Values(client.Do("SCAN", cursor, "MATCH", "redigo:*", "COUNT", 50))
		check(nil, nil, err)
		keys, err := redis.Strings(batch[1], nil)
		check(nil, nil, err)
		for _, key := range keys {
			found[key] = true
		}
		if cursor, _ = redis.String(batch[0], nil); cursor == "0" {
			break
		}
	}
	for i := 0; i < 300; i++ {
		check(true, found[fmt.Sprintf("redigo:%d", i)], nil)
		client.Do("DEL", fmt.Sprintf("redigo:%d", i))
	}
	client.Do("DEL", "{redigo}:n")
	fmt.Println("works")
}
