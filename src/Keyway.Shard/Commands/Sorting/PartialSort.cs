namespace Keyway.Shard.Commands.Sorting;

/// <summary>
/// Quicksort after Bentley and McIlroy ("Engineering a Sort Function", 1993), left unfinished where nobody looks. It does not keep equals in their order,
/// and which ones come first among equals hangs on each of its steps: Redis sorts so where LIMIT shows a part, so we must take the same steps.
/// </summary>
internal static class PartialSort
{
    private const int InsertionBelow = 7;
    private const int NintherAbove = 40;
    private const int ComparisonsPerItem = 200;          // an input made to be slow: no need to be Redis's equal in that

    /// <summary>Sorts so far that the items from the first to the last index are in their places.</summary>
    public static void Sort<TItem>(Span<TItem> items, IContentOrder<TItem> order, int first, int last)
    {
        var waiting = new Stack<(int Start, int Count)>();
        waiting.Push((0, items.Length));
        long budget = (long)items.Length * ComparisonsPerItem;
        while (waiting.TryPop(out (int Start, int Count) part))
        {
            Span<TItem> span = items.Slice(part.Start, part.Count);
            budget -= part.Count;
            if (budget < 0)
            {
                span.Sort(order);
                continue;
            }

            if (part.Count < InsertionBelow)
            {
                SortByInsertion(span, order);
                continue;
            }

            (int less, int greater) = Split(span, order);
            if (less > 1) PushIfSeen(waiting, part.Start, less, first, last);
            if (greater > 1) PushIfSeen(waiting, part.Start + part.Count - greater, greater, first, last);
        }
    }

    private static void PushIfSeen(Stack<(int Start, int Count)> waiting, int start, int count, int first, int last)
    {
        bool isBefore = last < start && first < start;
        bool isBehind = first >= start + count && last >= start + count;
        if (!isBefore && !isBehind) waiting.Push((start, count));
    }

    private static void SortByInsertion<TItem>(Span<TItem> items, IContentOrder<TItem> order)
    {
        for (int i = 1; i < items.Length; i++)
        {
            for (int j = i; j > 0 && order.CompareContent(items[j - 1], items[j]) > 0; j--) Swap(items, j, j - 1);
        }
    }

    /// <summary>Brings what is less than some middle item to the front and what is greater to the end; equals gather between them.</summary>
    private static (int Less, int Greater) Split<TItem>(Span<TItem> items, IContentOrder<TItem> order)
    {
        Swap(items, 0, ChooseMiddle(items, order));

        // Equals are put aside at both ends first: [= < ? > =].
        int equalEnd = 1, lessEnd = 1;
        int greaterStart = items.Length - 1, equalStart = items.Length - 1;
        while (true)
        {
            int compared;
            while (lessEnd <= greaterStart && (compared = order.CompareContent(items[lessEnd], items[0])) <= 0)
            {
                if (compared == 0) Swap(items, equalEnd++, lessEnd);
                lessEnd++;
            }

            while (lessEnd <= greaterStart && (compared = order.CompareContent(items[greaterStart], items[0])) >= 0)
            {
                if (compared == 0) Swap(items, greaterStart, equalStart--);
                greaterStart--;
            }

            if (lessEnd > greaterStart) break;
            Swap(items, lessEnd++, greaterStart--);
        }

        int less = lessEnd - equalEnd;
        int greater = equalStart - greaterStart;
        SwapRuns(items, 0, lessEnd, Math.Min(equalEnd, less));
        SwapRuns(items, lessEnd, items.Length, Math.Min(greater, items.Length - 1 - equalStart));
        return (less, greater);
    }

    private static int ChooseMiddle<TItem>(Span<TItem> items, IContentOrder<TItem> order)
    {
        int low = 0, middle = items.Length / 2, high = items.Length - 1;
        if (items.Length == InsertionBelow) return middle;
        if (items.Length > NintherAbove)
        {
            int step = items.Length / 8;
            low = Median(items, order, low, low + step, low + (2 * step));
            middle = Median(items, order, middle - step, middle, middle + step);
            high = Median(items, order, high - (2 * step), high - step, high);
        }

        return Median(items, order, low, middle, high);
    }

    private static int Median<TItem>(Span<TItem> items, IContentOrder<TItem> order, int a, int b, int c)
    {
        if (order.CompareContent(items[a], items[b]) < 0)
        {
            if (order.CompareContent(items[b], items[c]) < 0) return b;
            return order.CompareContent(items[a], items[c]) < 0 ? c : a;
        }

        if (order.CompareContent(items[b], items[c]) > 0) return b;
        return order.CompareContent(items[a], items[c]) < 0 ? a : c;
    }

    /// <summary>Exchanges so many items from the start on with those before the end.</summary>
    private static void SwapRuns<TItem>(Span<TItem> items, int start, int end, int count)
    {
        for (int i = 0; i < count; i++) Swap(items, start + i, end - count + i);
    }

    private static void Swap<TItem>(Span<TItem> items, int a, int b) => (items[a], items[b]) = (items[b], items[a]);
}
