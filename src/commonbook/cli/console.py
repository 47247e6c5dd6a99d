"""What the commands share: how they print, fail and show progress."""

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonbook.core.errors import CommonbookError, ConfigError, DataError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

FAILED = 1
BAD_INPUT = 2

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print results as JSON and nothing else.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print no progress and no table.")
]

#: Told what is being done, how much of it, and of how much in all.
Progress = Callable[[str, int, int], None]


@contextmanager
def failing_clearly() -> Iterator[None]:
    """
    End the program with one clear message, not a traceback, when commonbook objects.

    Yields
    ------
    None
        While the command runs.

    Raises
    ------
    typer.Exit
        With code 2 for bad input, 1 for anything else that failed.
    """
    try:
        yield
    except (ConfigError, DataError) as error:
        _complain(error)
        raise typer.Exit(BAD_INPUT) from error
    except (CommonbookError, OSError, MemoryError) as error:
        _complain(error)
        raise typer.Exit(FAILED) from error


def print_json(content: Mapping[str, Any]) -> None:
    """
    Print for machines.

    Parameters
    ----------
    content : mapping
        What JSON can hold.
    """
    typer.echo(json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False))


def stdout() -> "Console":
    """
    Make the console that results are printed to.

    Returns
    -------
    rich.console.Console
        Standard output.
    """
    from rich.console import Console

    return Console(highlight=False, emoji=False)


def say(text: str, style: str = "", indent: int = 0) -> None:
    """
    Print a paragraph for people.

    It is wrapped for a terminal. In a pipe it stays one line, unless ``COLUMNS`` says
    how wide lines may be.

    Parameters
    ----------
    text : str
        The paragraph.
    style : str, default ""
        How Rich prints it.
    indent : int, default 0
        How far later lines are to the right.
    """
    console = stdout()
    if console.is_terminal or "COLUMNS" in os.environ:
        text = textwrap.fill(
            text,
            console.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    console.print(text, style=style, markup=False, soft_wrap=True)


def show(*tables: "Table | None") -> None:
    """
    Print tables; what is not there is left out.

    Parameters
    ----------
    *tables : rich.table.Table or None
        The tables, in order.
    """
    console = stdout()
    for table in tables:
        if table is None:
            continue
        if console.is_terminal:
            console.print(table)
            continue
        with console.capture() as printed:
            console.print(table)
        lines = (line.rstrip() for line in printed.get().splitlines())
        typer.echo("\n".join(lines))


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Progress | None]:
    """
    Show the progress of long work on standard error.

    Parameters
    ----------
    shown : bool
        False shows nothing.

    Yields
    ------
    callable or None
        To be told what is being done; None when nothing is shown.
    """
    if not shown:
        yield None
        return
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True, highlight=False, emoji=False)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, progress.TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.update(task, total=1, completed=1)
                tasks[stage] = bars.add_task(stage, total=None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield show


@contextmanager
def working(what: str, *, shown: bool) -> Iterator[None]:
    """
    Show that something takes a while, and whether that is because kernels compile.

    Parameters
    ----------
    what : str
        What is being done.
    shown : bool
        False shows nothing.

    Yields
    ------
    None
        While it is done.
    """
    with progress_bar(shown=shown) as say:
        if say is None:
            yield
            return
        say(what, 0, 0)
        from commonbook.runner.compilation import announcing_compilation

        with announcing_compilation(say):
            yield


def _lines(console: "Console") -> Progress:
    """Say each stage once, in a line, where no bar can be drawn."""
    said: set[str] = set()

    def say(stage: str, done: int, total: int) -> None:
        if stage not in said:
            said.add(stage)
            console.print(stage, markup=False)

    return say


def _complain(error: BaseException) -> None:
    """Print an error for people."""
    text = str(error) or type(error).__name__
    sys.stderr.write(f"error: {text.rstrip()}\n")
