namespace ResearchKit.Statistics;

/// <summary>The cheapest way to give each of n rows a column of its own.</summary>
/// <remarks>The Hungarian method as shortest augmenting paths (Jonker and Volgenant, doi:10.1007/BF02278710, without its start-up
/// heuristics): n searches in the manner of Dijkstra over costs that potentials keep from being negative, n^3 steps in all.</remarks>
internal static class OptimalAssignment
{
    /// <summary>The least sum.</summary>
    /// <param name="costs">Finite costs, row after row, n times n.</param>
    /// <param name="n">How many rows and columns, at least 1.</param>
    public static double Cost(double[] costs, int n)
    {
        var (rowPotential, columnPotential) = (new double[n], new double[n]);
        var (rowOf, cameFrom) = (new int[n], new int[n]);
        Array.Fill(rowOf, -1);
        var (shortest, isDone) = (new double[n], new bool[n]);
        for (var row = 0; row < n; row++)
        {
            Array.Fill(shortest, double.PositiveInfinity);
            Array.Clear(isDone);
            var end = Search(row);
            for (var column = end; column >= 0;)
            {
                var before = cameFrom[column];
                rowOf[column] = before < 0 ? row : rowOf[before];
                column = before;
            }
        }

        return Enumerable.Range(0, n).Sum(column => costs[(rowOf[column] * n) + column]);

        // Finds the nearest free column, and moves the potentials so that reduced costs stay at least 0, and 0 along the path. cameFrom:
        // the column before on the path, -1 at its start.
        int Search(int start)
        {
            var (row, from, reached) = (start, -1, 0.0);
            while (true)
            {
                var (nearest, least) = (-1, double.PositiveInfinity);
                for (var column = 0; column < n; column++)
                {
                    if (isDone[column])
                    {
                        continue;
                    }

                    var way = reached + costs[(row * n) + column] - rowPotential[row] - columnPotential[column];
                    if (way < shortest[column])
                    {
                        (shortest[column], cameFrom[column]) = (way, from);
                    }

                    if (shortest[column] < least)
                    {
                        (nearest, least) = (column, shortest[column]);
                    }
                }

                reached = least;
                if (rowOf[nearest] < 0)
                {
                    MovePotentials(start, reached);
                    return nearest;
                }

                (isDone[nearest], row, from) = (true, rowOf[nearest], nearest);
            }
        }

        void MovePotentials(int start, double reached)
        {
            rowPotential[start] += reached;
            for (var column = 0; column < n; column++)
            {
                if (isDone[column])
                {
                    rowPotential[rowOf[column]] += reached - shortest[column];
                    columnPotential[column] -= reached - shortest[column];
                }
            }
        }
    }
}
