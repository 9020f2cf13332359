"""Errors of forms."""

from __future__ import annotations

from engine.errors.base import Refused


class FormRefused(Refused):
    """The form cannot be used."""


class FormUnreadable(FormRefused):
    """The form is not a form-js schema with a list of components. Save it again in the form editor."""


class FormTooDeep(FormRefused):
    """The form nests groups and lists more than {limit} deep. Flatten it."""


class FormTooLarge(FormRefused):
    """The form has more than {limit} components. Split it into several tasks."""


class FormComponentUnknown(FormRefused):
    """The form component {component} is of the type "{kind}", which is not supported. Use one of: {supported}."""


class FormKeyMissing(FormRefused):
    """The form component {component} has no key. Give it one, so that its value has a name."""


class FormKeyUnusable(FormRefused):
    """The form component {component} has the key "{key}". Use letters, digits and _ with dots between names."""


class FormKeyTwice(FormRefused):
    """Two components of the form share the key "{key}". Give each its own."""


class FormCheckUnknown(FormRefused):
    """The form component {component} asks for the check "{check}", which does not fit it. There are: {known}."""


class FormExpressionUnusable(FormRefused):
    """The form component {component} has an expression that is not understood: {expression} ({reason})"""


class FormPatternUnusable(FormRefused):
    """The form component {component} has a pattern that cannot be checked here: {pattern}. Write it more simply."""
