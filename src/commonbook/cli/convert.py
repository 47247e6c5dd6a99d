"""``commonbook convert``: tapes of any format, written in another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commonbook.cli.console import QuietOption, failing_clearly, say, working
from commonbook.cli.options import TapeArgument

if TYPE_CHECKING:
    from commonbook.data.tape import Tape

#: What can be written, with the endings that say so; "" is a name without one.
TARGETS = {
    "tape": ("",),
    "hftbacktest": (".npz",),
    "csv": (".csv",),
    "parquet": (".parquet", ".pq"),
}


def convert_command(
    source: TapeArgument,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="A folder (a stored tape), or a .npz (hftbacktest), .csv or .parquet.",
        ),
    ],
    to: Annotated[
        Literal["tape", "hftbacktest", "csv", "parquet"] | None,
        typer.Option(
            metavar="FORMAT",
            help="What to write: tape, hftbacktest, csv or parquet.",
            show_default="by the ending of OUT",
        ),
    ] = None,
    feed_delay: Annotated[
        str | None,
        typer.Option(
            metavar="SPAN",
            help="For hftbacktest, where nobody knows when events were received: how "
            "long after they happened.",
            show_default="0",
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """
    Write a tape in another format: a stored tape, hftbacktest, CSV or Parquet.

    Parameters
    ----------
    source : Source
        The tape, and how it is read.
    out : Path
        What is written; files and stored tapes that are there are replaced.
    to : {"tape", "hftbacktest", "csv", "parquet"} or None
        The format of `out`; None tells it from the name.
    feed_delay : str or None
        From the venue to the strategy, for hftbacktest.
    quiet : bool, default False
        Print nothing.
    """
    with failing_clearly():
        target = _target(out, to)
        delay = _delay(feed_delay, target)
        _check(out, target, source.paths)
        with working(f"reading {source.paths[0].name}", shown=not quiet):
            found = source.read()
        with working(f"writing {out.name}", shown=not quiet):
            _write(found, out, target, delay)
    if not quiet:
        for note in found.notes:
            say(f"note: {note}", "yellow", indent=2)
        typer.echo(f"{out}: {target}, {found!r}")


def _target(out: Path, to: str | None) -> str:
    """Tell the format of the output from its name."""
    from commonbook.core.errors import DataError
    from commonbook.data.schema import STORE_META

    if to is not None:
        return to
    if (out / STORE_META).is_file():
        return "tape"
    for target, endings in TARGETS.items():
        if out.suffix.lower() in endings:
            return target
    message = (
        f"{out}: the name does not tell the format; let it end in .npz, .csv or "
        f".parquet, or choose --to {', '.join(TARGETS)}"
    )
    raise DataError(message)


def _delay(given: str | None, target: str) -> int:
    """Read the feed delay [ns]."""
    from commonbook.config.scalars import parse_duration

    if given is None:
        return 0
    if target != "hftbacktest":
        message = f"only for hftbacktest, not for {target}"
        raise typer.BadParameter(message, param_hint="--feed-delay")
    try:
        return parse_duration(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--feed-delay") from error


def _check(out: Path, target: str, paths: list[Path]) -> None:
    """Find out early, before long files are read, what cannot be written."""
    from commonbook.core.errors import DataError
    from commonbook.data.store_write import check_folder

    if any(out.resolve() == path.resolve() for path in paths):
        message = f"{out}: is read and cannot be written at once; give another name"
        raise DataError(message)
    if not out.absolute().parent.is_dir():
        message = f"{out}: cannot be written: there is no folder {out.parent}"
        raise DataError(message)
    if target == "tape":
        check_folder(out)
    elif out.is_dir():
        message = f"{out}: is a folder; give the name of a file"
        raise DataError(message)


def _write(tape: "Tape", out: Path, target: str, delay: int) -> None:
    from commonbook.data.hftbacktest_write import write_hftbacktest
    from commonbook.data.store import save_tape

    if target == "tape":
        save_tape(tape, out)
    elif target == "hftbacktest":
        write_hftbacktest(tape, out, feed_delay=delay)
    else:
        tape.write(out, target)
