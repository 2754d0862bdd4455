"""Records of the service as DataFrames of fixed columns and dtypes. Never sees HTTP."""

from .origin import Origin
from .rows import Rows
from .tables import TABLES

__all__ = ["TABLES", "Origin", "Rows"]
