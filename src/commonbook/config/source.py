"""Open a configuration: a file, a mapping or a model, with its own folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from commonbook.config.data import TapeSource
from commonbook.config.run import RunConfig
from commonbook.config.scalars import describe
from commonbook.config.yaml12 import Document, load_yaml
from commonbook.core.errors import ConfigError, Problem

MAX_BYTES = 64 * 2**20

#: What a configuration can be given as.
ConfigLike: TypeAlias = str | os.PathLike[str] | Mapping[str, object] | RunConfig


@dataclass(frozen=True)
class Source:
    """
    A configuration as written.

    Parameters
    ----------
    raw : mapping of str to object
        Its keys.
    folder : Path
        Where relative paths start.
    name : str
        Its name in messages.
    document : Document
        The places of its values; none if it was not read from a file.
    """

    raw: Mapping[str, object]
    folder: Path
    name: str
    document: Document


def open_source(config: ConfigLike) -> Source:
    """
    Open a configuration without looking at what it says.

    Parameters
    ----------
    config : str, path, mapping or RunConfig
        A YAML file, or its contents.

    Returns
    -------
    Source
        The raw keys.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not YAML or not a mapping.
    """
    if isinstance(config, RunConfig):
        config = to_mapping(config)
    if isinstance(config, Mapping):
        return Source(config, Path.cwd(), "configuration", Document(config))
    try:
        path = Path(config)
    except TypeError:
        message = f"found {describe(config)}; allowed: a path, a mapping or a RunConfig"
        raise ConfigError([Problem("", message)]) from None
    document = load_yaml(_read(path), str(path))
    if not isinstance(document.value, Mapping):
        message = f"found {describe(document.value)}; allowed: a mapping of keys"
        problem = Problem("", message, *(document.place(()) or ()))
        raise ConfigError([problem], str(path))
    return Source(document.value, path.absolute().parent, str(path), document)


def to_mapping(config: RunConfig) -> dict[str, object]:
    """
    Turn a model back into what can be loaded.

    Parameters
    ----------
    config : RunConfig
        The model.

    Returns
    -------
    dict
        Plain values; tapes made in Python are passed on as they are.
    """
    rest: dict[str, object] = config.model_dump(exclude_none=True, exclude={"data"})
    data = [
        source.model_dump(exclude_none=True, exclude={"tape"}) | {"tape": source.tape}
        if isinstance(source, TapeSource)
        else source.model_dump(exclude_none=True)
        for source in config.data
    ]
    raw = rest | {"data": data}
    return {key: raw[key] for key in RunConfig.model_fields}


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError([Problem("", message)], str(path)) from None
    except ValueError as error:
        raise ConfigError([Problem("", f"cannot be read: {error}")]) from None
    if len(content) > MAX_BYTES:
        message = f"larger than {MAX_BYTES >> 20} MiB; is it a configuration?"
        raise ConfigError([Problem("", message)], str(path))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"not UTF-8 text: byte {content[error.start]:#04x}"
        raise ConfigError([Problem("", message, line, column)], str(path)) from None
