"""The one place where numba's options are chosen."""

from collections.abc import Callable
from typing import Any, TypeVar, cast, overload

import numba
from numba.core import types

from commonbook.core.compile_cache import cache_for

F = TypeVar("F", bound=Callable[..., Any])


@overload
def kernel(func: F, /) -> F: ...


@overload
def kernel(
    *, forceinline: bool = False, allocates: bool = False
) -> Callable[[F], F]: ...


def kernel(
    func: F | None = None, /, *, forceinline: bool = False, allocates: bool = False
) -> Any:
    """
    Compile a function with the project's options; its type is kept for checkers.

    Write ``@kernel``, or ``@kernel(forceinline=True)`` where a measurement asks for it.
    Compiled code is kept on disk, see `commonbook.core.compile_cache`.

    Parameters
    ----------
    func : callable
        Module-level function over arrays, records and scalars.
    forceinline : bool, default False
        Make LLVM put the function's code into each of its callers.
    allocates : bool, default False
        Let the function make arrays. Without it numba refuses to compile an allocation,
        and arrays are passed on without counting references, which costs more than most
        of our functions do (a call with four arrays: 65 ns with the counting, 10 ns
        without).

    Returns
    -------
    callable
        The compiled function; `func` itself when ``NUMBA_DISABLE_JIT=1``.
        Without `func`, the decorator that does this.
    """

    def compile_later(func: F) -> F:
        # fastmath stays off: sums must not be reordered, results must not depend on
        # the machine. nogil lets the engines of one run share the cores.
        options: dict[str, Any] = {
            "nogil": True,
            "error_model": "numpy",
            "forceinline": forceinline,
            "_nrt": allocates,
            # Private kernels are never called from Python and need no way in.
            "no_cpython_wrapper": func.__name__.startswith("_"),
            "no_cfunc_wrapper": True,
        }
        compiled: Any = numba.njit(**options)(func)
        # Instead of cache=True, whose stamp does not see edits of callees.
        if compiled is func:
            return func
        compile_wide(compiled)
        if (cache := cache_for(func, options)) is not None:
            compiled._cache = cache
        return cast("F", compiled)

    return compile_later if func is None else compile_later(func)


def entry_point(compiled: F, *arguments: Any) -> F:
    """
    Give the machine code of a kernel for arguments of certain types.

    Calling it spares numba's search for the version that fits, which takes some
    microseconds when an argument is neither a number nor an array.

    Parameters
    ----------
    compiled : callable
        A kernel that is called from Python.
    *arguments
        Arguments of the types that it will be called with.

    Returns
    -------
    callable
        To be called with arguments of just these types; the kernel itself when
        ``NUMBA_DISABLE_JIT=1``.
    """
    dispatcher: Any = compiled
    if not hasattr(dispatcher, "get_overload"):
        return compiled
    signature = tuple(dispatcher.typeof_pyval(argument) for argument in arguments)
    dispatcher.compile(signature)
    return cast("F", dispatcher.get_overload(signature))


def compile_wide(compiled: Any) -> None:
    """
    Make callers share one compiled version for all integer types.

    Without this numba compiles a function anew for each mixture of int32, uint8 and
    literal arguments that it is called with: 141 versions of 85 functions.

    Parameters
    ----------
    compiled : numba dispatcher
        Changed in place: from other kernels it is always called with int64.
    """
    find = compiled.get_call_template

    def find_wide(args: Any, kws: Any) -> Any:
        template, signature, _, keywords = find(tuple(_widened(a) for a in args), kws)
        return template, signature, args, keywords

    compiled.get_call_template = find_wide


def _widened(argument: Any) -> Any:
    plain = types.unliteral(argument)
    return types.int64 if isinstance(plain, types.Integer) else plain
