"""
The exceptions of commonbook.

* CommonbookError
  + ConfigError    a configuration that cannot run; lists every problem at once
  + DataError      a file or tape that cannot be trusted; names file and row
  + RunError       a run that had to stop; says at what time and why
"""

from dataclasses import dataclass


class CommonbookError(Exception):
    """Base class of everything commonbook raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """
    One thing that is wrong with a configuration.

    Parameters
    ----------
    path : str
        Where, as a dotted path such as ``portfolios[0].latency.order``.
    message : str
        What was found and what is allowed.
    line : int or None
        Line in the file, counted from 1.
    column : int or None
        Column in the file, counted from 1.
    """

    path: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}, column {self.column}: "
        where = f"{self.path}: " if self.path else ""
        return f"{place}{where}{self.message}"


class ConfigError(CommonbookError):
    """
    A configuration that cannot run.

    Parameters
    ----------
    problems : list of Problem
        Everything that is wrong, in the order of the file.
    source : str
        The file, or ``configuration`` for a mapping.
    """

    def __init__(self, problems: list[Problem], source: str = "configuration") -> None:
        self.problems = problems
        self.source = source
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{source}: {count}\n{lines}")


class DataError(CommonbookError):
    """A file or tape that cannot be trusted; the message names file and row."""


class RunError(CommonbookError):
    """A run that had to stop; the message says at what simulated time and why."""
