using System.Diagnostics;

namespace Keyway.Platform;

/// <summary>The timers of one loop: a binary heap by due time, and by order of scheduling among those due at the same moment.</summary>
internal sealed class TimerQueue
{
    private Entry[] heap = new Entry[16];
    private int count;
    private long scheduled;

    // A timer scheduled by a timer waits for the next turn, even if it is due at once: else two could call each other for ever.
    private long lastOfThisTurn;

    public long NextTicks => count == 0 ? long.MaxValue : heap[0].DueTicks;

    public bool IsDue(long nowTicks) => count > 0 && heap[0].DueTicks <= nowTicks;

    public LoopTimer Add(long dueTicks, long periodTicks, Action callback)
    {
        var entry = new Entry(this, callback, periodTicks);
        Insert(entry, dueTicks);
        return entry;
    }

    public void BeginTurn() => lastOfThisTurn = scheduled;

    /// <summary>Calls what is due. After an exception, called again, it goes on with the next.</summary>
    public void Run(EventLoop loop)
    {
        while (count > 0 && heap[0] is { } entry && entry.DueTicks <= loop.NowTicks && entry.Order <= lastOfThisTurn)
        {
            Remove(entry);
            if (entry.PeriodTicks > 0) Insert(entry, loop.NowTicks + entry.PeriodTicks);
            entry.Callback();
        }
    }

    private void Insert(Entry entry, long dueTicks)
    {
        entry.DueTicks = dueTicks;
        entry.Order = ++scheduled;
        if (count == heap.Length) Array.Resize(ref heap, count * 2);
        MoveUp(count++, entry);
    }

    private void Remove(Entry entry)
    {
        int index = entry.Index;
        Debug.Assert(heap[index] == entry);
        Entry moved = heap[--count];
        heap[count] = null!;
        entry.Index = -1;
        if (moved == entry) return;

        if (index > 0 && moved.IsBefore(heap[(index - 1) / 2])) MoveUp(index, moved);
        else MoveDown(index, moved);
    }

    private void MoveUp(int index, Entry entry)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!entry.IsBefore(heap[parent])) break;
            Place(heap[parent], index);
            index = parent;
        }
        Place(entry, index);
    }

    private void MoveDown(int index, Entry entry)
    {
        while (true)
        {
            int child = index * 2 + 1;
            if (child >= count) break;
            if (child + 1 < count && heap[child + 1].IsBefore(heap[child])) child++;
            if (!heap[child].IsBefore(entry)) break;
            Place(heap[child], index);
            index = child;
        }
        Place(entry, index);
    }

    private void Place(Entry entry, int index)
    {
        heap[index] = entry;
        entry.Index = index;
    }

    private sealed class Entry(TimerQueue queue, Action callback, long periodTicks) : LoopTimer
    {
        public readonly Action Callback = callback;
        public readonly long PeriodTicks = periodTicks;
        public long DueTicks;
        public long Order;
        public int Index = -1;

        public override bool IsPending => Index >= 0;

        public override void Cancel()
        {
            if (Index >= 0) queue.Remove(this);
        }

        public bool IsBefore(Entry other) => DueTicks != other.DueTicks ? DueTicks < other.DueTicks : Order < other.Order;
    }
}
