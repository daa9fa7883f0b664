"""Writing lines of text on sheets: each character in a face that has it."""

from __future__ import annotations

from gongwen_crypto.errors import KnownError
from gongwen_docs.write import Face, FaceShelf, PageCanvas, Role
from gongwen_docs.write.page import BLACK, Color

_BLANK = "〓"


class Lettering:
    """Measures in mm. A character that no face has is shown as 〓."""

    def __init__(self, shelf: FaceShelf) -> None:
        self._shelf = shelf

    def step(self, char: str, size: float, role: Role) -> float:
        """How far one character reaches."""
        return self._face(role, char).advance(self._drawn(role, char)) * size

    def width(self, text: str, size: float, role: Role) -> float:
        """How far a line reaches."""
        return sum(self.step(char, size, role) for char in text)

    def fit(self, text: str, size: float, role: Role, room: float) -> str:
        """The text, cut with … where it does not fit the room."""
        if self.width(text, size, role) <= room:
            return text
        room -= self.width("…", size, role)
        kept, reach = "", 0.0
        for char in text:
            reach += self.step(char, size, role)
            if reach > room:
                break
            kept += char
        return f"{kept}…"

    def draw(
        self,
        page: PageCanvas,
        text: str,
        x: float,
        baseline: float,
        size: float,
        role: Role,
        color: Color = BLACK,
    ) -> None:
        """One line, in runs of one face each."""
        run, face = "", None
        for char in text:
            own = self._face(role, char)
            if face is not None and own != face:
                page.text(x, baseline, run, face, size, color=color)
                x += sum(face.advance(each) for each in run) * size
                run = ""
            face, run = own, run + self._drawn(role, char)
        if face is not None:
            page.text(x, baseline, run, face, size, color=color)

    def centre(
        self,
        page: PageCanvas,
        text: str,
        middle: float,
        baseline: float,
        size: float,
        role: Role,
        color: Color = BLACK,
    ) -> None:
        """One line around a middle."""
        self.draw(page, text, middle - self.width(text, size, role) / 2, baseline, size, role, color)

    def _face(self, role: Role, char: str) -> Face:
        try:
            return self._shelf.face(role, char if char.strip() else " ")
        except KnownError:
            return self._shelf.face(role, _BLANK)

    def _drawn(self, role: Role, char: str) -> str:
        if not char.strip():
            return " "
        try:
            self._shelf.face(role, char)
        except KnownError:
            return _BLANK
        return char
