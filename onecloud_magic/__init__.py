"""OneCloud in IPython and Jupyter: sign in once, see everything as DataFrames."""

__version__ = "0.1.0"
