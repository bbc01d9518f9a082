"""How long reading page text may compute, and how much memory it may take; set for the process that reads."""

import resource
from math import ceil

#: How long reading one snapshot may compute, in seconds: the base, the addition for each MB, and the most.
#: Measured on a busy machine with two cores, on pages in which every sentence states figures: 10 for 1 MB, 32 for 3 MB.
#: At that rate the largest answer (max_body) needs 210.
SECONDS, SECONDS_PER_MB, MOST_SECONDS = 60, 80, 300
#: How much memory the process may use, in MB. The same pages took 200 and 320.
MEMORY = 3_000
#: More new bytes than this are read in a process of their own even where none is ready. This much of the worst input
#: found, whose cost grows with the square of its length, took two seconds.
LARGE = 50_000


def allow(seconds: int) -> None:
    """Let this process compute for this many more seconds; then the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit(resource.RLIMIT_CPU, ceil(used.ru_utime + used.ru_stime) + seconds)


def limit(what: int, amount: int) -> None:
    """Set a limit, but never above the one that the machine's owner set."""
    _, most = resource.getrlimit(what)
    resource.setrlimit(what, (amount if most == resource.RLIM_INFINITY else min(amount, most), most))
