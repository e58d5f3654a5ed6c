"""Whether bytes are JSON, and if not, why: in the words of the parser AWS uses."""

from __future__ import annotations

import json
import re
from typing import NoReturn

__all__ = ["DEPTH_LIMIT", "JsonTextError", "check_json"]

DEPTH_LIMIT = 1000
_EXPECTED = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_WORD = re.compile(r"[A-Za-z0-9_$]+")


class JsonTextError(ValueError):
    """The text is not JSON; the message says where it breaks."""


def _refuse_constant(name: str) -> NoReturn:
    raise JsonTextError(f"Non-standard token '{name}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def check_json(text: bytes) -> None:
    """Accept JSON of any kind.

    Raises
    ------
    JsonTextError
        It is something else, or nested more than `DEPTH_LIMIT` deep.
    """
    try:
        _DECODER.decode(text.decode())
    except UnicodeDecodeError as error:
        part = "start" if error.reason == "invalid start byte" else "middle"
        offset = error.start if part == "start" else min(error.end, len(text) - 1)
        raise JsonTextError(f"Invalid UTF-8 {part} byte 0x{text[offset]:02x}") from None
    except (json.JSONDecodeError, RecursionError):
        # Python gave up; the slow scanner finds out why in AWS's terms, or that only the depth was too much for Python.
        _Scanner(text.decode()).scan()


class _Scanner:
    """Reads a document without building it and without recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def scan(self) -> None:
        text, closers = self.text, []  # type: str, list[str]
        if self._next() == "":
            raise JsonTextError("No content to map due to end-of-input")
        while True:
            character = self._next()
            if character in ("{", "["):
                closers.append("}" if character == "{" else "]")
                if len(closers) > DEPTH_LIMIT:
                    raise JsonTextError(
                        f"Document nesting depth ({len(closers)}) exceeds the maximum allowed "
                        f"({DEPTH_LIMIT}, from `StreamReadConstraints.getMaxNestingDepth()`)"
                    )
                self.position += 1
                if self._next() == closers[-1]:
                    self.position += 1
                    closers.pop()
                else:
                    self._begin_item(closers)
                    continue
            else:
                self._scalar(character)
            while closers and self._next() == closers[-1]:
                self.position += 1
                closers.pop()
            if not closers:
                break
            self._expect(",", closers)
            self._begin_item(closers)
        if self._next():
            raise JsonTextError(f"Unexpected character ({_shown(text[self.position])}): {_EXPECTED}")

    def _next(self) -> str:
        space = _SPACE.match(self.text, self.position)
        assert space is not None  # the pattern matches the empty string
        self.position = space.end()
        return self.text[self.position : self.position + 1]

    def _begin_item(self, closers: list[str]) -> None:
        """Read the name of an object's field; nothing is due in an array."""
        if closers[-1] == "]":
            return
        character = self._next()
        if character == "":
            self._end(closers)
        name = _STRING.match(self.text, self.position)
        if name is None:
            if character == '"':
                self._broken_string()
            raise JsonTextError(
                f"Unexpected character ({_shown(character)}): was expecting double-quote to start field name"
            )
        self.position = name.end()
        if self._next() != ":":
            if self._next() == "":
                self._end(closers)
            raise JsonTextError(
                f"Unexpected character ({_shown(self._next())}): was expecting a colon to separate field name and value"
            )
        self.position += 1
        if self._next() == "":
            raise JsonTextError("Unexpected end-of-input within/between Object entries")

    def _expect(self, wanted: str, closers: list[str]) -> None:
        character = self._next()
        if character == "":
            self._end(closers)
        if character != wanted:
            kind = "Object" if closers[-1] == "}" else "Array"
            raise JsonTextError(
                f"Unexpected character ({_shown(character)}): was expecting comma to separate {kind} entries"
            )
        self.position += 1

    def _end(self, closers: list[str]) -> NoReturn:
        kind = "Object" if closers[-1] == "}" else "Array"
        raise JsonTextError(f"Unexpected end-of-input: expected close marker for {kind}")

    def _scalar(self, character: str) -> None:
        if character == "":
            raise JsonTextError("Unexpected end-of-input")
        if character == '"':
            string = _STRING.match(self.text, self.position)
            if string is None:
                self._broken_string()
            self.position = string.end()
            return
        number = _NUMBER.match(self.text, self.position)
        word = _WORD.match(self.text, self.position)
        if word is not None and word[0] in ("true", "false", "null"):
            self.position = word.end()
        elif number is not None:
            self.position = number.end()
            following = self.text[self.position : self.position + 1]
            if following.isalnum():
                if number[0].lstrip("-") == "0" and following.isdigit():
                    raise JsonTextError("Invalid numeric value: Leading zeroes not allowed")
                raise JsonTextError(
                    f"Unexpected character ({_shown(following)}): Expected space separating root-level values"
                )
        elif word is not None:
            raise JsonTextError(f"Unrecognized token '{word[0]}': {_EXPECTED}")
        else:
            raise JsonTextError(f"Unexpected character ({_shown(character)}): {_EXPECTED}")

    def _broken_string(self) -> NoReturn:
        position = self.position + 1
        while position < len(self.text):
            character = self.text[position]
            if character < " ":
                raise JsonTextError(
                    f"Illegal unquoted character ((CTRL-CHAR, code {ord(character)})): "
                    "has to be escaped using backslash to be included in string value"
                )
            if character == "\\":
                escaped = self.text[position + 1 : position + 2]
                if escaped and escaped not in '"\\/bfnrtu':
                    raise JsonTextError(f"Unrecognized character escape {_shown(escaped)}")
                position += 1
            position += 1
        raise JsonTextError("Unexpected end-of-input: was expecting closing quote for a string value")


def _shown(character: str) -> str:
    code = ord(character)
    return f"'{character}' (code {code})" if character.isprintable() else f"(CTRL-CHAR, code {code})"
