"""The report of a run: one self-contained HTML file (:func:`write_report`, :func:`render_report`), and what lies beside it."""

from detente.report.page import render_report
from detente.report.pdf import one_page
from detente.report.picture_and_sheet import report_files
from detente.report.writing import write_report

__all__ = ["one_page", "render_report", "report_files", "write_report"]
