/* cc libraries/hiredis.c -lhiredis && ./a.out PORT PROTOCOL */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static void fail(const char *what, redisReply *reply) {
    fprintf(stderr, "%s: type %d, %lld, %s\n", what, reply ? reply->type : -1, reply ? reply->integer : 0, reply && reply->str ? reply->str : "");
    exit(1);
}

static redisContext *open_client(int port) {
    struct timeval patience = {10, 0};
    redisContext *client = redisConnectWithTimeout("127.0.0.1", port, patience);
    if (!client || client->err) fail("connect", NULL);
    redisSetTimeout(client, patience);
    return client;
}

static void expect_text(const char *what, redisReply *reply, const char *text) {
    if (!reply || !reply->str || strcmp(reply->str, text)) fail(what, reply);
    freeReplyObject(reply);
}

static void expect_number(const char *what, redisReply *reply, long long number) {
    if (!reply || reply->type != REDIS_REPLY_INTEGER || reply->integer != number) fail(what, reply);
    freeReplyObject(reply);
}

int main(int argc, char **argv) {
    int port = atoi(argv[argc > 1 ? 1 : 0]), i, found = 0;
    redisContext *client = open_client(port), *other = open_client(port);
    redisReply *reply;
    char cursor[32] = "0";

    for (i = 0; i < 300; i++) redisAppendCommand(client, "SET hiredis:%d %d", i, i);
    for (i = 0; i < 300; i++) {
        if (redisGetReply(client, (void **)&reply) != REDIS_OK) fail("pipeline", NULL);
        expect_text("SET", reply, "OK");
    }

    freeReplyObject(redisCommand(client, "DEL {hiredis}:n"));
    expect_text("MULTI", redisCommand(client, "MULTI"), "OK");
    expect_text("INCR", redisCommand(client, "INCR {hiredis}:n"), "QUEUED");
    expect_text("GET", redisCommand(client, "GET {hiredis}:n"), "QUEUED");
    reply = redisCommand(client, "EXEC");
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 || reply->element[0]->integer != 1 || strcmp(reply->element[1]->str, "1")) fail("EXEC", reply);
    freeReplyObject(reply);
    expect_text("WATCH", redisCommand(client, "WATCH {hiredis}:n"), "OK");
    expect_number("INCR", redisCommand(other, "INCR {hiredis}:n"), 2);
    expect_text("MULTI", redisCommand(client, "MULTI"), "OK");
    expect_text("SET", redisCommand(client, "SET {hiredis}:n 100"), "QUEUED");
    reply = redisCommand(client, "EXEC");
    if (reply->type != REDIS_REPLY_NIL) fail("EXEC", reply);
    freeReplyObject(reply);

    expect_number("EVAL", redisCommand(client, "EVAL %s 1 {hiredis}:n 5", "return redis.call('INCRBY', KEYS[1], ARGV[1])"), 7);

    redisAppendCommand(client, "BLPOP hiredis:queue 10");
    for (i = 0; !i;) redisBufferWrite(client, &i);
    expect_number("RPUSH", redisCommand(other, "RPUSH hiredis:queue job"), 1);
    if (redisGetReply(client, (void **)&reply) != REDIS_OK || reply->elements != 2 || strcmp(reply->element[1]->str, "job")) fail("BLPOP", reply);
    freeReplyObject(reply);

    reply = redisCommand(client, "SUBSCRIBE hiredis:news");
    if (reply->type != REDIS_REPLY_ARRAY || reply->element[2]->integer != 1) fail("SUBSCRIBE", reply);
    freeReplyObject(reply);
    expect_number("PUBLISH", redisCommand(other, "PUBLISH hiredis:news hello"), 1);
    if (redisGetReply(client, (void **)&reply) != REDIS_OK || reply->elements != 3 || strcmp(reply->element[2]->str, "hello")) fail("message", reply);
    freeReplyObject(reply);
    freeReplyObject(redisCommand(client, "UNSUBSCRIBE"));
    expect_text("GET", redisCommand(client, "GET hiredis:1"), "1");

    do {
        reply = redisCommand(client, "SCAN %s MATCH hiredis:* COUNT 50", cursor);
        if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) fail("SCAN", reply);
        snprintf(cursor, sizeof cursor, "%s", reply->element[0]->str);
        found += (int)reply->element[1]->elements;
        freeReplyObject(reply);
    } while (strcmp(cursor, "0"));
    if (found < 300) fail("SCAN has missed keys", NULL);

    for (i = 0; i < 300; i++) freeReplyObject(redisCommand(client, "DEL hiredis:%d", i));
    freeReplyObject(redisCommand(client, "DEL {hiredis}:n"));
    redisFree(client);
    redisFree(other);
    puts("works");
    return 0;
}
