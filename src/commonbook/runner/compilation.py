"""Say it when kernels have to be compiled, for it takes a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from numba.core.event import Event, Listener, install_listener

MESSAGE = "compiling kernels, once for this machine"


class _Announcer(Listener):
    """Hears of each function that numba starts to compile."""

    def __init__(self, say: Callable[[str, int, int], None]) -> None:
        self.say = say
        self.compiled = 0

    def on_start(self, event: Event) -> None:
        self.say(MESSAGE, self.compiled, 0)
        self.compiled += 1

    def on_end(self, event: Event) -> None:
        pass


@contextmanager
def announcing_compilation(say: Callable[[str, int, int], None]) -> Iterator[None]:
    """
    Tell `say` of every compilation; code that is read from the cache is none.

    Parameters
    ----------
    say : callable
        Called with what is being done, how much of it is done, and 0: unknown.

    Yields
    ------
    None
        While the listener is installed.
    """
    with install_listener("numba:compile", _Announcer(say)):
        yield
