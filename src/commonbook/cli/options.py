"""What the commands that read tapes ask, and how they read them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from commonbook.data.tape import Tape

TapeArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="TAPE...", help="A file, or the files of one tape in order."
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="The files' format.",
        show_default="by their ending",
    ),
]
SymbolOption = Annotated[
    list[str] | None,
    typer.Option(
        "--symbol", metavar="NAME", help="Only this instrument; may be repeated."
    ),
]
TickOption = Annotated[
    str | None,
    typer.Option("--tick-size", metavar="SIZE", help="Price of one tick, in currency."),
]
LotOption = Annotated[
    str | None,
    typer.Option("--lot-size", metavar="SIZE", help="Size of one lot, in units."),
]
OrderbookOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--orderbook",
        metavar="FILE",
        help="LOBSTER's order book file; may be repeated.",
    ),
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DAY",
        help="Day of a LOBSTER file whose name does not tell it.",
    ),
]
TimezoneOption = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        metavar="ZONE",
        help="Time zone of LOBSTER's exchange.",
        show_default="New York",
    ),
]
GapsOption = Annotated[
    bool, typer.Option("--allow-gaps", help="Sequence numbers may skip.")
]


@dataclass(frozen=True)
class Source:
    """
    Files that are one tape, and what the user says about them.

    Parameters
    ----------
    paths : list of Path
        The files, in order of time.
    format : str or None
        Their format; None tells it from the name.
    symbols : list of str or None
        The instruments wanted; None is all.
    tick_size, lot_size : str or None
        Units; None infers them.
    orderbook : list of Path or None
        LOBSTER's order book file of each message file.
    date, timezone : str or None
        Day and time zone of LOBSTER's files, where their name does not tell.
    allow_gaps : bool, default False
        Whether sequence numbers may skip.
    """

    paths: list[Path]
    format: str | None = None
    symbols: list[str] | None = None
    tick_size: str | None = None
    lot_size: str | None = None
    orderbook: list[Path] | None = None
    date: str | None = None
    timezone: str | None = None
    allow_gaps: bool = False

    @property
    def options(self) -> dict[str, object]:
        """
        What was said beside the paths.

        Returns
        -------
        dict of str to object
            By key of a configuration; only what was given.
        """
        said = {
            "format": self.format,
            "symbol": self.symbols,
            "tick_size": self.tick_size,
            "lot_size": self.lot_size,
            "orderbook": self.orderbook,
            "date": self.date,
            "timezone": self.timezone,
            "allow_gaps": self.allow_gaps,
        }
        return {key: value for key, value in said.items() if value}

    def read(self) -> "Tape":
        """
        Read the tape.

        Returns
        -------
        Tape
            The tape.

        Raises
        ------
        DataError
            If a file cannot be trusted.
        """
        from commonbook.data.read import read

        return read(
            self.paths,
            self.format,
            self.symbols,
            tick_size=self.tick_size,
            lot_size=self.lot_size,
            allow_gaps=self.allow_gaps,
            orderbook=self.orderbook,
            date=self.date,
            timezone=self.timezone,
        )
