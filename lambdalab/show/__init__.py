"""Seeing what happened: the timeline as text, as SVG, as HTML, as charts, as a control.

Charts need matplotlib and the control needs ipywidgets; neither is imported before it is used.
"""

from lambdalab.show.timeline import ShownTimeline

__all__ = ["ShownTimeline"]
