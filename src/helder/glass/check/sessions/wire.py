"""What passes between us and the process that holds somebody's code: frames of values, no pickle.

A frame is its length, the length of its JSON, the JSON, and the numbers of its arrays.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from helder.glass.check.session import Named, Thing, Value

LARGEST_FRAME = 16 << 20
LENGTHS = struct.Struct("<II")
DTYPES = (
    *("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8"),
    *("<f2", "<f4", "<f8", "<c8", "<c16"),
)


class MalformedError(ValueError):
    """What came is no frame: the process that sent it is not to be trusted any further."""


class OverLimitError(ValueError):
    """A value is too large for a frame."""


def packed(message: Value) -> bytes:
    """A message as a frame.

    Raises:
        OverLimitError: It is larger than a frame may be.
    """
    arrays: list[bytes] = []
    text = json.dumps(coded(message, arrays)).encode("utf-8")
    length = LENGTHS.size + len(text) + sum(map(len, arrays))
    if length > LARGEST_FRAME:
        raise OverLimitError(f"what it returned is larger than {LARGEST_FRAME >> 20} MiB")
    return b"".join([LENGTHS.pack(length, len(text)), text, *arrays])


def coded(value: Value, arrays: list[bytes]) -> Any:
    """A value as JSON; the numbers of its arrays are put aside."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value
        case complex():
            return {"complex": [value.real, value.imag]}
        case list():
            return [coded(part, arrays) for part in value]
        case tuple():
            return {"tuple": [coded(part, arrays) for part in value]}
        case dict():
            return {"dict": [[coded(k, arrays), coded(v, arrays)] for k, v in value.items()]}
        case np.ndarray():
            numbers = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
            arrays.append(numbers.tobytes())
            return {"array": [numbers.dtype.str, list(value.shape)]}
        case Thing(handle=handle, type_name=type_name):
            return {"thing": [handle, type_name]}
        case Named(name=name):
            return {"named": name}
    raise TypeError(f"{type(value).__name__} is no value that passes")


def frame(read: Callable[[int], bytes]) -> Value:
    """The next message.

    Args:
        read: Gives so many bytes, fewer only where there are no more.

    Raises:
        EOFError: There is none.
        MalformedError: What is there is none; no memory is taken for it.
    """
    head = read(LENGTHS.size)
    if not head:
        raise EOFError
    if len(head) < LENGTHS.size:
        raise MalformedError("a frame broke off")
    length, text_length = LENGTHS.unpack(head)
    rest = length - LENGTHS.size
    if not 0 <= text_length <= rest <= LARGEST_FRAME:
        raise MalformedError("a frame has an impossible length")
    data = read(rest)
    if len(data) < rest:
        raise MalformedError("a frame broke off")
    try:
        return Decoder(data[text_length:]).message(json.loads(data[:text_length].decode("utf-8")))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as problem:
        raise MalformedError(str(problem)) from None


class Decoder:
    """Makes values of JSON and of the numbers that follow it."""

    def __init__(self, numbers: bytes) -> None:
        self.numbers = numbers
        self.used = 0

    def message(self, data: Any) -> Value:
        value = self.value(data)
        if self.used != len(self.numbers):
            raise MalformedError("numbers are left over")
        return value

    def value(self, data: Any) -> Value:
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if isinstance(data, list):
            return [self.value(part) for part in data]
        ((kind, content),) = data.items()
        match kind:
            case "complex":
                return complex(float(content[0]), float(content[1]))
            case "tuple":
                return tuple(self.value(part) for part in content)
            case "dict":
                return {self.value(key): self.value(part) for key, part in content}
            case "array":
                return self.array(*content)
            case "thing":
                return Thing(str(content[0]), str(content[1]))
            case "named":
                return Named(str(content))
        raise MalformedError(f"{kind} is no kind of value")

    def array(self, dtype: str, shape: list[int]) -> np.ndarray:
        """An array whose numbers are all there; they are copied, so that it can be written to."""
        if dtype not in DTYPES or len(shape) > 32:
            raise MalformedError("an array of an unknown kind")
        if not all(type(n) is int and 0 <= n <= LARGEST_FRAME for n in shape):
            raise MalformedError("an array of an impossible shape")
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size > len(self.numbers) - self.used:
            raise MalformedError("an array without its numbers")
        part = self.numbers[self.used : self.used + size]
        self.used += size
        return np.frombuffer(part, dtype).reshape(shape).copy()
