"""XML as this writer needs it: elements with attributes, qualified names, stable bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.ofdspec.org/2016"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: Characters that XML 1.0 cannot hold; they carry no meaning in a document and are left out.
_BARRED = dict.fromkeys(
    [*(c for c in range(32) if c not in (9, 10, 13)), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)

Value = str | int | float | bool


@dataclass
class Element:
    """One element of the OFD namespace. Attributes keep their order; ``None`` values are left out."""

    name: str
    attributes: dict[str, Value | None] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def add(self, name: str, text: str = "", **attributes: Value | None) -> Element:
        """Append a child and return it."""
        child = Element(name, dict(attributes), [], text)
        self.children.append(child)
        return child

    def _write(self, out: list[str], extra: str = "") -> None:
        out.append(f"<ofd:{self.name}{extra}")
        out.extend(
            f" {name}={quoteattr(written(value).translate(_BARRED))}"
            for name, value in self.attributes.items()
            if value is not None
        )
        if not self.children and not self.text:
            out.append("/>")
            return
        out.append(">")
        out.append(escape(self.text.translate(_BARRED)))
        for child in self.children:
            child._write(out)
        out.append(f"</ofd:{self.name}>")

    def to_bytes(self) -> bytes:
        """The element as a document of its own, UTF-8 without byte order mark."""
        out = [DECLARATION]
        self._write(out, f' xmlns:ofd="{NAMESPACE}"')
        return "".join(out).encode("utf-8")


def written(value: Value) -> str:
    """The lexical form of a value: numbers without trailing zeros, at most a thousandth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    return str(value)


def number(value: float) -> str:
    """A measure in millimetres with at most three decimals."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def array(*values: float) -> str:
    """ST_Array, ST_Pos or ST_Box."""
    return " ".join(number(value) for value in values)
