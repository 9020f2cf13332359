"""Forms: a form-js schema compiled once and bound to WTForms for each task."""

from forms.answers import Fault
from forms.bound import BoundForm, bind
from forms.layout import lines
from forms.part import Part
from forms.schema import Component, Schema, compile, hash

__all__ = ["BoundForm", "Component", "Fault", "Part", "Schema", "bind", "compile", "hash", "lines"]
