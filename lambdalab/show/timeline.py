"""The timeline that shows itself.

What draws is imported when something is drawn: most programs that import lambdalab never look.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lambdalab.timeline import Timeline

if TYPE_CHECKING:
    from ipywidgets import VBox

    from lambdalab.show.queue import QueueHistory
    from lambdalab.show.shards import ShardPicture
    from lambdalab.show.traffic import Traffic

__all__ = ["ShownTimeline"]


class ShownTimeline(Timeline):
    """A `Timeline` that is text in a terminal and a picture in a notebook or on a page.

    What `where` and `since` answer shows itself as well.
    """

    def text(self, width: int = 100, ascii_only: bool = False) -> str:
        """The lanes and the story as lines of text.

        Parameters
        ----------
        width
            Columns, at least 60.
        ascii_only
            Keep to ASCII, for terminals that cannot show more.
        """
        from lambdalab.show.text import drawn

        return drawn(self, width, ascii_only)

    def svg(self) -> str:
        """The picture as one SVG document, which is also right outside any page."""
        from lambdalab.show.picture import Picture
        from lambdalab.show.scene import Scene

        return Picture(Scene.of(self)).svg(self.narration()) + "\n"

    def html(self) -> str:
        """Picture, words and table as an HTML fragment."""
        from lambdalab.show.page import fragment

        return fragment(self)

    def shards(self, mapping_id: str | None = None) -> ShardPicture:
        """How an event source mapping read its stream: shards, iterators, batches, windows.

        Parameters
        ----------
        mapping_id
            UUID of the mapping; needed only when several read streams.

        Raises
        ------
        UsageError
            No mapping read a stream, or several did and none was named.
        """
        from lambdalab.show.shards import shards

        return shards(self, mapping_id)

    def queue(self, name_or_mapping: str | None = None) -> QueueHistory:
        """How deep a queue was over time, the batches read from it, and what left for the dead-letter queue.

        Parameters
        ----------
        name_or_mapping
            Name or ARN of the queue, or UUID of an event source mapping; needed only when the timeline knows several.

        Raises
        ------
        UsageError
            The timeline knows no such queue, or several.
        """
        from lambdalab.show.queue import QueueHistory

        return QueueHistory(self, name_or_mapping)

    def control(self, steps: int = 40) -> VBox:
        """An ipywidgets control that goes back and forth in time; needs ipywidgets.

        Parameters
        ----------
        steps
            Most instants to choose from.
        """
        from lambdalab.show.control import control

        return control(self, steps)

    def traffic(self, alias: str, function: str | None = None) -> Traffic:
        """How an alias divided its traffic over time, and which version each of its invocations ran.

        Parameters
        ----------
        alias
            Name of the alias.
        function
            Name of its function; needed only where several functions have an alias of that name.
        """
        from lambdalab.show.traffic import Traffic

        return Traffic(self, alias, function)

    def narration(self) -> str:
        """What happened, in order, in English."""
        from lambdalab.show.narration import narrated

        return " ".join(narrated(self))

    def __str__(self) -> str:
        return self.text(ascii_only=not _speaks_unicode())

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("ShownTimeline(…)" if cycle else str(self))

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        wanted = set(include or ("text/plain", "text/html")) - set(exclude or ())
        # The SVG alone is made only when asked for: the HTML holds it already.
        makers = {"text/plain": self.text, "text/html": self.html, "image/svg+xml": self.svg}
        return {mime: make() for mime, make in makers.items() if mime in wanted}


def _speaks_unicode() -> bool:
    try:
        "█░╌●✗→".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
