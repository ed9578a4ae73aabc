"""How the time of some work grows with the length of what it is given."""

import time


def is_linear(work, piece):
    """Tell whether eight times as many pieces take about eight times as long. With the square they
    would take 64 times as long."""
    short, long = (piece * (size // len(piece)) for size in (16_000, 128_000))
    _cpu_time(work, short)
    return min(_cpu_time(work, long) for _ in range(2)) < 24 * max(_cpu_time(work, short), 0.0005)


def _cpu_time(work, text):
    before = time.thread_time()
    work(text)
    return time.thread_time() - before
