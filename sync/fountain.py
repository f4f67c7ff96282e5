"""A message as an endless sequence of frames, any few of which give it back.

The message is cut into K blocks. Frames 0 to K-1 are the blocks themselves; every later frame is
the XOR of a random half of them, which the number of the frame decides. Whoever holds K frames
that are independent solves for the blocks: of random halves K + 2 are nearly always enough,
whichever they are. So a camera may begin anywhere and miss any frame; nothing is sent back.

A frame is 10 bytes and a block: 0xF1, the sequence (4 bytes that name the message, the start of
its SHA-256), the length of the message (3), the number of the frame (2). All big-endian.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

# 510 bytes in base45 are a QR code of 81 modules, which a cheap camera reads from a phone.
BLOCK_BYTES_MAX = 500
BLOCKS_MAX = 2048
NUMBERS = 1 << 16  # after the last number comes the first again

_MARK = 0xF1
_HEAD = 10
_WORD = 0xFFFFFFFF

# Frames of so many messages are kept apart; a stray one never spoils another.
_MESSAGES_MAX = 8


def block_bytes(length: int) -> int:
    """The size of the blocks of a message of this length: equal blocks of at most 500 bytes."""
    blocks = max(1, -(-length // BLOCK_BYTES_MAX))
    return max(1, -(-length // blocks))


def blocks_of(message: bytes) -> list[bytes]:
    """The blocks of a message, the last one filled up with zeros."""
    size = block_bytes(len(message))
    starts = range(0, max(1, len(message)), size)
    return [message[at : at + size].ljust(size, b"\0") for at in starts]


def frame(message: bytes, sequence: int, number: int) -> bytes:
    """Frame `number` of a message. sequence: the first 4 bytes of its SHA-256 as a number."""
    blocks = blocks_of(message)
    mask = mask_of(number, len(blocks))
    data = _xor(block for at, block in enumerate(blocks) if mask >> at & 1)
    head = bytes([_MARK]) + sequence.to_bytes(4) + len(message).to_bytes(3) + number.to_bytes(2)
    return head + data


def mask_of(number: int, blocks: int) -> int:
    """Which blocks are in a frame: bit k stands for block k."""
    if number < blocks:
        return 1 << number
    words = -(-blocks // 32)
    start = _mix(number)
    mask = sum(_mix(start + (at + 1) * 0x9E3779B1) << 32 * at for at in range(words))
    return mask & (1 << blocks) - 1 or 1 << number % blocks


def _mix(number: int) -> int:
    """A number of 32 bits, well shaken: the same in every language."""
    number &= _WORD
    number = (number ^ number >> 16) * 0x7FEB352D & _WORD
    number = (number ^ number >> 15) * 0x846CA68B & _WORD
    return number ^ number >> 16


def _xor(blocks: Iterable[bytes]) -> bytes:
    first, *others = blocks
    total = int.from_bytes(first)
    for block in others:
        total ^= int.from_bytes(block)
    return total.to_bytes(len(first))


@dataclass(slots=True)
class _Equations:
    """The frames of one message so far, each reduced by the ones before it."""

    length: int
    size: int
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def blocks(self) -> int:
        return max(1, -(-self.length // self.size))

    def add(self, mask: int, data: int) -> bool:
        """True if the frame told something new."""
        while mask:
            pivot = (mask & -mask).bit_length() - 1
            if pivot not in self.rows:
                self.rows[pivot] = (mask, data)
                return True
            mask, data = mask ^ self.rows[pivot][0], data ^ self.rows[pivot][1]
        return False

    def solved(self) -> bytes:
        """The message, once there is a row for every block."""
        found: dict[int, int] = {}
        for pivot in range(self.blocks - 1, -1, -1):
            mask, data = self.rows[pivot]
            for other in range(pivot + 1, self.blocks):
                if mask >> other & 1:
                    data ^= found[other]
            found[pivot] = data
        whole = b"".join(found[at].to_bytes(self.size) for at in range(self.blocks))
        return whole[: self.length]


class Collector:
    """Takes frames as a camera sees them: any order, with gaps, twice, of several messages.

    have, need  Independent frames of the message that is nearest to its end, and how many it
                needs. message and sequence: the first message that is complete, or None.
    """

    def __init__(self) -> None:
        self.message: bytes | None = None
        self.sequence: int | None = None
        self.have = self.need = 0
        self._messages: dict[bytes, _Equations] = {}

    def add(self, data: bytes) -> bool:
        """Take in one frame. True if it told something new; what is no frame tells nothing."""
        if self.message is not None or len(data) <= _HEAD or data[0] != _MARK:
            return False
        length, number = int.from_bytes(data[5:8]), int.from_bytes(data[8:10])
        equations = self._equations(data[:8], _Equations(length, len(data) - _HEAD))
        if not 1 <= equations.blocks <= BLOCKS_MAX or equations.size != len(data) - _HEAD:
            return False
        mask = mask_of(number, equations.blocks)
        if not equations.add(mask, int.from_bytes(data[_HEAD:])):
            return False
        if len(equations.rows) >= self.have:
            self.have, self.need = len(equations.rows), equations.blocks
        if len(equations.rows) == equations.blocks:
            self.message = equations.solved()
            self.sequence = int.from_bytes(data[1:5])
        return True

    def _equations(self, name: bytes, fresh: _Equations) -> _Equations:
        known = self._messages.pop(name, None) or fresh
        if len(self._messages) >= _MESSAGES_MAX:
            del self._messages[next(iter(self._messages))]
        self._messages[name] = known
        return known
