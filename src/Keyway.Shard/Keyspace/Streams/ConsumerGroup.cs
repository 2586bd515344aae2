using System.Diagnostics;

namespace Keyway.Shard.Keyspace.Streams;

/// <summary>
/// Consumers that share a stream: each new entry goes to one of them and is pending until that one acknowledges it. A delivery is one block, held by the
/// group and by the consumer under the entry's ID.
/// </summary>
internal sealed unsafe class ConsumerGroup(byte[] name, ValueStore store)
{
    /// <summary>Nobody can say how many entries the group has read.</summary>
    public const long UnknownRead = -1;

    private readonly SlabAllocator _memory = store.Memory;
    private Consumer?[] _byNumber = new Consumer?[1];
    private readonly Stack<int> _freeNumbers = new();
    private int _numbers;

    public readonly byte[] Name = name;

    public readonly NameTable<Consumer> Consumers = new(store.Hash);

    /// <summary>All deliveries that are not acknowledged.</summary>
    public readonly IdMap Pending = new(store.Memory);

    /// <summary>The last entry that went to a consumer.</summary>
    public StreamId LastId;

    /// <summary>How many entries were ever read, as if none of the stream had been deleted; or <see cref="UnknownRead"/>.</summary>
    public long EntriesRead;

    public long MemoryBytes
    {
        get
        {
            long bytes = Pending.MemoryBytes + (Pending.Count * sizeof(Delivery));
            foreach (Consumer consumer in Consumers.InOrder) bytes += consumer.Pending.MemoryBytes + consumer.Name.Length;
            return bytes;
        }
    }

    public Consumer ConsumerOf(Delivery* delivery) => _byNumber[delivery->Consumer]!;

    public Delivery* FindPending(StreamId id) => (Delivery*)Pending.Find(id);

    public Consumer AddConsumer(ReadOnlySpan<byte> name, long nowMs)
    {
        if (!_freeNumbers.TryPop(out int number)) number = _numbers++;
        if (number == _byNumber.Length) Array.Resize(ref _byNumber, number * 2);

        var consumer = new Consumer(name.ToArray(), number, new IdMap(_memory)) { SeenMs = nowMs };
        _byNumber[number] = consumer;
        Consumers.Add(consumer.Name, consumer);
        return consumer;
    }

    /// <summary>Forgets the consumer and all that is pending for it.</summary>
    public void RemoveConsumer(Consumer consumer)
    {
        for (IdMap.Position position = consumer.Pending.First; consumer.Pending.IsValid(position); position = consumer.Pending.Next(position))
        {
            Free((Delivery*)Pending.Remove(consumer.Pending.IdAt(position)));
        }

        consumer.Pending.Clear();
        Consumers.Remove(consumer.Name);
        _byNumber[consumer.Number] = null;
        _freeNumbers.Push(consumer.Number);
    }

    /// <summary>The entry goes to this consumer for the first time, as far as the group remembers.</summary>
    public Delivery* Deliver(StreamId id, Consumer consumer, long nowMs)
    {
        Delivery* delivery = FindPending(id);
        if (delivery == null) delivery = AddUnassigned(id, nowMs);
        else delivery->TimeMs = nowMs;

        delivery->Times = 1;
        Assign(id, delivery, consumer);
        return delivery;
    }

    /// <summary>A delivery to nobody: <see cref="Assign"/> follows.</summary>
    public Delivery* AddUnassigned(StreamId id, long nowMs)
    {
        var delivery = (Delivery*)_memory.Allocate(sizeof(Delivery));
        *delivery = new Delivery { TimeMs = nowMs, Times = 1, Consumer = Delivery.NoConsumer };
        bool isNew = Pending.TryAdd(id, delivery);
        Debug.Assert(isNew);
        return delivery;
    }

    /// <summary>Takes the delivery from whoever has it and gives it to this consumer.</summary>
    public void Assign(StreamId id, Delivery* delivery, Consumer consumer)
    {
        if (delivery->Consumer == consumer.Number) return;
        if (delivery->Consumer != Delivery.NoConsumer) ConsumerOf(delivery).Pending.Remove(id);
        delivery->Consumer = consumer.Number;
        bool isNew = consumer.Pending.TryAdd(id, delivery);
        Debug.Assert(isNew);
    }

    /// <summary>The entry is pending no longer; false when it was not.</summary>
    public bool Acknowledge(StreamId id)
    {
        var delivery = (Delivery*)Pending.Remove(id);
        if (delivery == null) return false;
        if (delivery->Consumer != Delivery.NoConsumer) ConsumerOf(delivery).Pending.Remove(id);
        Free(delivery);
        return true;
    }

    /// <summary>Gives another group, which has none, consumers and deliveries like these.</summary>
    public void CopyTo(ConsumerGroup copy)
    {
        foreach (Consumer consumer in Consumers.InOrder)
        {
            Consumer twin = copy.AddConsumer(consumer.Name, consumer.SeenMs);
            for (IdMap.Position position = consumer.Pending.First; consumer.Pending.IsValid(position); position = consumer.Pending.Next(position))
            {
                var delivery = (Delivery*)consumer.Pending[position];
                StreamId id = consumer.Pending.IdAt(position);
                Delivery* added = copy.AddUnassigned(id, delivery->TimeMs);
                added->Times = delivery->Times;
                copy.Assign(id, added, twin);
            }
        }
    }

    /// <summary>Gives memory back, about so many blocks; false when all of it has been. Nobody uses the group any more.</summary>
    public bool FreeSome(ref int budget)
    {
        foreach (Consumer consumer in Consumers.InOrder)
        {
            budget -= (int)(consumer.Pending.Count >> 8);       // by the chunk, not by the item
            consumer.Pending.Clear();
        }

        while (budget > 0 && Pending.TryTakeLast(out void* delivery))
        {
            Free((Delivery*)delivery);
            budget--;
        }

        return Pending.Count > 0;
    }

    private void Free(Delivery* delivery) => _memory.Free((byte*)delivery, sizeof(Delivery));
}
