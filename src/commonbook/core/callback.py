"""
Call a function of the user's from kernels that were compiled before it was written.

The user's function is compiled behind a C function of one fixed signature, all 64-bit
integers. Kernels call it by its address, so they are compiled, and kept on disk, once
and for all. Without the compiler a number stands for the address.
"""

from collections.abc import Callable, Hashable
from itertools import count
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from commonbook.core.compile_cache import cache_for

_numbers = count(1)
_interpreted: dict[int, Callable[..., int]] = {}
#: Machine code lives as long as the object that numba keeps it in.
_kept: list[Any] = []


def compile_callback(
    entry: Callable[..., int], signature: tuple[Any, ...], key: Hashable, owner: Any
) -> int:
    """
    Compile a function so that kernels can call it by its address.

    Parameters
    ----------
    entry : callable
        Returns an int; raises nothing.
    signature : tuple of numba types
        Types of its arguments: pointers and int64.
    key : hashable
        What tells this function apart from others of the same owner.
    owner : callable
        The user's function, which names the code on disk.

    Returns
    -------
    int
        The address.
    """
    options: dict[str, Any] = {
        "nogil": True,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": False,
    }
    dispatcher: Any = numba.njit(**options)(entry)  # noqa: TID251 - not a kernel
    cache = cache_for(owner, {**options, "key": key})
    if cache is not None:
        dispatcher._cache = cache
    dispatcher.compile(signature)
    compiled = dispatcher.overloads[signature]
    _kept.append(compiled)
    name = compiled.fndesc.llvm_cfunc_wrapper_name
    return int(compiled.library.get_pointer_to_function(name))


def number_callback(function: Callable[..., int]) -> int:
    """
    Give a function a number by which interpreted kernels call it.

    Parameters
    ----------
    function : callable
        Takes the arrays whose addresses compiled code gets.

    Returns
    -------
    int
        The number.
    """
    number = next(_numbers)
    _interpreted[number] = function
    return number


def call_number(number: int, *arguments: Any) -> int:
    """
    Call a function by its number.

    Parameters
    ----------
    number : int
        As `number_callback` gave it.
    *arguments
        What the function takes.

    Returns
    -------
    int
        What it returns.
    """
    return _interpreted[number](*arguments)


@intrinsic
def call_address(context: Any, address: Any, arguments: Any) -> Any:
    """
    Call a C function of 64-bit integers; for kernels.

    Parameters
    ----------
    context : numba typing context
        Given by numba.
    address : int
        As `compile_callback` gave it.
    arguments : tuple of int
        Addresses and sizes.

    Returns
    -------
    int
        What the function returns.
    """
    n = len(arguments)
    signature = types.int64(types.int64, types.UniTuple(types.int64, n))

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        word = ir.IntType(64)
        function = ir.FunctionType(word, [word] * n)
        pointer = builder.inttoptr(given[0], function.as_pointer())
        return builder.call(pointer, cgutils.unpack_tuple(builder, given[1], n))

    return signature, generate
