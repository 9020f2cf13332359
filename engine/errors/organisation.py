"""Errors of posts, persons and sessions."""

from __future__ import annotations

from engine.errors.base import Conflict, Forbidden, NotFound, Refused


class PersonUnknown(NotFound):
    """There is no person {person}."""


class UnitUnknown(NotFound):
    """There is no unit {unit}."""


class PostUnknown(NotFound):
    """There is no post {post}."""


class PersonOffDuty(Refused):
    """{person} is no longer on duty and cannot be given a post."""


class AppointmentDatesWrong(Refused):
    """An appointment cannot end on {until}, before it begins on {since}."""


class AppointmentTwice(Conflict):
    """{person} already holds the post {post} there."""


class AppointmentUnknown(NotFound):
    """There is no appointment {appointment_id} that is still in force."""


class PostScopeWrong(Refused):
    """The post {post} is held for: {kind}. {scope} is none."""


class PostFull(Conflict):
    """The post {post} has {limit} places and all are taken. Dismiss somebody first."""


class PostsExclude(Refused):
    """{person} holds the post {held}, which excludes {wanted}: {reason} ({rule}, {basis})."""


class QualificationMissing(Refused):
    """{person} lacks what the post {post} demands: {kind}."""


class AbsenceDatesWrong(Refused):
    """An absence cannot end on {until}, before it begins on {since}."""


class AbsenceOverlaps(Conflict):
    """{person} is already absent on one of these days."""


class AbsenceUnknown(NotFound):
    """There is no absence {absence_id} that still stands."""


class SubstituteImpossible(Refused):
    """{substitute} cannot stand in for {person}. Choose somebody on duty and present who may hold one of the posts."""


class WrongCredentials(Forbidden):
    """Login name or password is wrong. After five wrong tries the login is locked for 15 minutes."""


class AccountLocked(Forbidden):
    """This login is locked until {until} because of {tries} wrong tries. Wait, or ask the administrator."""


class AccountUnknown(NotFound):
    """{person} has no account."""


class LoginTaken(Conflict):
    """The login name {login} is already in use."""


class PasswordTooWeak(Refused):
    """Choose a password of at least {length} characters that does not contain the login name."""


class TokenWrong(Forbidden):
    """The access token is unknown, has expired or was revoked."""


class AccessTokenUnknown(NotFound):
    """There is no access token {token_id} that is still in force."""


class PlaceUnknown(Refused):
    """This address does not begin at a row of the list. Open the list anew."""


class ViewNameMissing(Refused):
    """Give the view a name under which you will find it."""


class ViewTooLong(Refused):
    """The name of a view has at most {limit} characters. Shorten it."""


class ViewsTooMany(Refused):
    """You keep {limit} views already. Take one away first."""


class ViewUnknown(NotFound):
    """You keep no such view."""


class TenantFileUnreadable(Refused):
    """The file {file} cannot be read: {reason}"""


class TenantRefused(Refused):
    """The files of the town do not fit together, {count} findings: {summary}"""
