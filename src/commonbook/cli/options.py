"""What the commands that read tapes ask, and how they read them."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

if TYPE_CHECKING:
    from commonbook.data.tape import Tape

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
    format: FormatOption = None
    symbols: SymbolOption = None
    tick_size: TickOption = None
    lot_size: LotOption = None
    orderbook: OrderbookOption = None
    date: DateOption = None
    timezone: TimezoneOption = None
    allow_gaps: GapsOption = False

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


#: The files of one tape are what a command is about.
TapeArgument = Annotated[
    Source,
    typer.Argument(
        metavar="TAPE...", help="A file, or the files of one tape in order."
    ),
]
#: A command does without files.
DataOption = Annotated[
    Source,
    typer.Option(
        "--data",
        metavar="FILE",
        help="A tape to run on, may be repeated; without it a book is generated.",
    ),
]


def with_source_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Ask for a command's `Source` by options, one for each of its fields.

    Parameters
    ----------
    command : callable
        A command. If it has an argument that is a `TapeArgument` or a `DataOption`,
        that says how the paths are given.

    Returns
    -------
    callable
        The same command, with the options in the place of that argument.
    """
    hints = get_type_hints(command, include_extras=True)
    sources = [name for name, hint in hints.items() if get_args(hint)[:1] == (Source,)]
    if not sources:
        return command
    (name,) = sources
    asked = _source_parameters(get_args(hints[name])[1])

    @functools.wraps(command)
    def asking(**given: Any) -> None:
        said = {parameter.name: given.pop(parameter.name) for parameter in asked}
        said["paths"] = said["paths"] or []
        command(**given, **{name: Source(**said)})

    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        by_name = parameter.replace(
            kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[parameter.name]
        )
        parameters += asked if parameter.name == name else [by_name]
    asking.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    asking.__annotations__ = {p.name: p.annotation for p in parameters}
    return asking


def _source_parameters(paths: ArgumentInfo | OptionInfo) -> list[inspect.Parameter]:
    """Make a parameter of a command for each field of a source."""
    hints = get_type_hints(Source, include_extras=True)
    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(Source)
    ]
    needed = isinstance(paths, ArgumentInfo)
    parameters[0] = parameters[0].replace(
        default=inspect.Parameter.empty if needed else None,
        annotation=Annotated[list[Path] if needed else list[Path] | None, paths],
    )
    return parameters
