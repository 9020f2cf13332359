"""Events in the token game: what may happen, who catches what is thrown, what is undone (§10.5, §13.5)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.engine.bpmn.game.reading import Element, value
from tests.engine.bpmn.game.tokens import ARMED, ENTERED, OPEN, READY, STUCK, WAITS, Record, Token


class Catching:
    """The part of the game that lets events happen."""

    root: Token
    taken: Counter[str]
    stuck: Counter[str]
    dirty: bool

    # -- events that may happen

    def arm_beside(self, host: Token) -> None:
        """Let the boundary events of an activity wait."""
        for event in host.at.beside:
            Token(event, host.above, ARMED, host=host, kind=event.event, left=event.times)

    def arm_inside(self, scope: Token) -> None:
        """Let the event sub-processes of a scope wait."""
        for handler in scope.at.handlers:
            Token(handler, scope, ARMED, kind=handler.start.event, left=handler.start.times)

    def open_group(self, gateway: Token) -> None:
        """Let the events behind an event-based gateway wait for the first of them."""
        group: list[Token] = []
        for way in gateway.at.ways:
            token = Token(way.target, gateway.above, WAITS, by=way, kind=way.target.event, group=group)
            group.append(token)

    def fire(self, token: Token, brings: dict[str, Any] | None = None) -> None:
        """Let an event happen that brings variables, or a task be done."""
        brings = brings or {}
        event = token.at.start if token.at.handles and token.state == ARMED else token.at
        above = token.above
        assert above is not None
        if token.state != ARMED:
            token.brings = brings
            self._go_on(token)
        elif not event.interrupts:
            if token.kind == "timer":
                token.left -= 1
            Token(token.at, above, brings=brings)
        else:
            above.inside.remove(token)
            if token.host is not None:
                self.kill(token.host)
            else:
                for other in list(above.inside):
                    self.kill(other)
                above.fired.clear()
                above.closing = True
            Token(token.at, above, brings=brings)
        self.dirty = True

    def _go_on(self, token: Token) -> None:
        token.released = True
        if not token.group:
            token.state = ENTERED
            return
        for other in token.group:
            if other is not token and other.above is not None and other in other.above.inside:
                other.above.inside.remove(other)
        assert token.by is not None
        self.taken[token.by.id] += 1
        token.state = READY

    def flush(self) -> None:
        """Let conditional events happen whose condition has become true."""
        while self.dirty:
            self.dirty = False
            waits = [each for each in self.root.walk() if each.kind == "conditional"]
            for token in sorted(waits, key=lambda each: each.serial):
                if token.alive:
                    event = token.at.start if token.at.handles else token.at
                    seen_by = token.above if token.state == ARMED or token.group else token
                    assert seen_by is not None
                    now = value(event.text, seen_by.seen())
                    was, token.was = token.was, now
                    if now and not was:
                        self.fire(token)

    # -- events that are thrown

    def throw(self, token: Token) -> None:
        """Do what a throw or end event is for."""
        event, above = token.at.event, token.above
        assert above is not None
        if event == "terminate":
            for other in list(above.inside):
                if other is not token:
                    self.kill(other)
            above.fired.clear()
        elif event == "error" and not self.catch("error", token.at.name, token):
            self.stop(token, "UNHANDLED_ERROR_EVENT")
        elif event == "escalation":
            self.catch("escalation", token.at.name, token)
        elif event == "signal":
            self._broadcast(token.at.name)
        elif event == "compensate":
            self._compensate(token)
        elif event == "cancel":
            self._cancel(token)

    def _broadcast(self, name: str) -> None:
        """Let a signal reach everybody who waits for it."""
        waits = [each for each in self.root.walk() if each.kind == "signal" and each.waits]
        for token in sorted(waits, key=lambda each: each.serial):
            if token.alive and (token.at.start if token.at.handles else token.at).name == name:
                self.fire(token)

    def catch(self, kind: str, code: str, thrower: Token) -> bool:
        """Find who catches, from the thrower outward: a code before none, one catcher in all."""
        level: Token | None = thrower
        below: Element | None = None
        while level is not None:
            able = [each for each in (level.above.inside if level.above else []) if each.host is level]
            if level is not thrower:
                able = [e for e in level.inside if e.state == ARMED and e.host is None and e.at is not below] + able
            able = [each for each in able if each.kind == kind]
            for wanted in (code, ""):
                for each in able:
                    if (each.at.start if each.at.handles else each.at).name == wanted:
                        self.fire(each)
                        return True
            below, level = level.at, level.above
        return False

    def fail(self, token: Token, code: str) -> None:
        """A job or task raises an error."""
        if not self.catch("error", code, token):
            self.stop(token, "UNHANDLED_ERROR_EVENT")

    def stop(self, token: Token, incident: str) -> None:
        """A token stands still with an incident."""
        token.state, token.told = STUCK, True
        self.stuck[incident] += 1

    # -- undoing

    def remember(self, token: Token) -> None:
        """Keep what has completed and can be undone."""
        by = None if token.role == "body" else token.at.undone_by
        if token.above is not None and (by is not None or token.log):
            token.above.log.append(Record(token.at, by, token.log))

    def forget(self, token: Token) -> None:
        """A token is gone: what it was to undo can be undone by others, what it undid can not."""
        for record in token.plan or ():
            if record.taken is token:
                record.taken = None
        if token.handling is not None:
            self._strike(token.handling)

    def _compensate(self, token: Token) -> None:
        worker = token if token.at.waits else Token(token.at, token.above, role="beside")
        found = [record for log in self._logs(token) for record in log]
        self._undo(worker, [r for r in found if token.at.name in ("", r.at.id)])

    def _logs(self, token: Token) -> list[list[Record]]:
        scope = token.above
        assert scope is not None
        logs = [scope.log]
        while scope.at.handles or scope.role == "activation":
            if scope.handling is not None:
                return [*logs, scope.handling.inside]
            assert scope.above is not None
            scope = scope.above
            logs.append(scope.log)
        return logs

    def _undo(self, worker: Token, records: list[Record]) -> None:
        worker.state, worker.plan = OPEN, []
        for record in sorted(records, key=lambda each: each.number):
            if record.taken is None:
                worker.plan += _unit(record)
        for record in worker.plan:
            record.taken = worker
        self.undo_next(worker)

    def undo_next(self, worker: Token) -> None:
        """Undo the next of what a throw event has to undo."""
        worker.state = OPEN
        while worker.plan:
            record = worker.plan.pop()
            if record.by is None:
                self._strike(record)
            elif record.by.handles:
                Token(record.by, worker, handling=record)
                return
            else:
                self._strike(record)
                Token(record.by, worker)
                return
        worker.plan = None
        if worker.at.event == "cancel":
            assert worker.above is not None
            transaction = worker.above
            assert transaction.above is not None
            self.fire(next(e for e in transaction.above.inside if e.host is transaction and e.kind == "cancel"))
        elif worker.role == "beside":
            above = worker.above
            assert above is not None
            self.remove(worker)
            self.settle(above)
        else:
            worker.state = ENTERED

    def _strike(self, record: Record) -> None:
        for token in self.root.walk():
            _strike(token.log, record)

    def _cancel(self, token: Token) -> None:
        transaction = token.above
        assert transaction is not None
        for other in list(transaction.inside):
            if other is not token:
                self._hold(other, transaction.log)
                self.kill(other)
        self._undo(token, transaction.log)

    def _hold(self, token: Token, log: list[Record]) -> None:
        """Keep what completed in something that is about to be stopped."""
        for each in token.inside:
            if each.at.kind != "process":
                self._hold(each, token.log)
        if token.log:
            log.append(Record(token.at, None, token.log))

    # -- ad hoc

    def begin_adhoc(self, token: Token) -> None:
        """Let activities begin as a list says, or as persons decide."""
        self.arm_inside(token)
        if any(each.comes for each in token.at.inside if each.id in (token.at.listed or ())):
            self.stop(token, "EXTRACT_VALUE_ERROR")  # what something leads to does not begin by itself
            return
        token.state, token.kind = OPEN, "adhoc"
        token.queue = list(token.at.listed or ())
        if token.at.listed == [] and not token.at.text:
            self._close(token)
            return
        self._feed(token)

    def activate(self, token: Token, element: str) -> None:
        """Begin one activity."""
        activation = Token(token.at, token, OPEN, role="activation")
        Token(next(each for each in token.at.inside if each.id == element), activation)

    def _feed(self, token: Token) -> None:
        while token.queue and not (token.at.sequential and self._activations(token)):
            self.activate(token, token.queue.pop(0))

    def _activations(self, token: Token) -> list[Token]:
        return [each for each in token.inside if each.role == "activation"]

    def activation_over(self, activation: Token) -> None:
        """Go on in an ad-hoc sub-process of which one activation is over."""
        adhoc = activation.above
        assert adhoc is not None
        complete = bool(adhoc.at.text) and value(adhoc.at.text, activation.seen())
        adhoc.log += activation.log
        adhoc.log.sort(key=lambda each: each.number)
        self.remove(activation)
        if complete:
            adhoc.closing, adhoc.queue = True, []
        self._feed(adhoc)
        if complete and adhoc.at.cancels:
            self._close(adhoc)
        elif not self._activations(adhoc) and (not adhoc.at.text or adhoc.closing):
            adhoc.closing = True
            self.settle(adhoc)

    def _close(self, adhoc: Token) -> None:
        for each in list(adhoc.inside):
            self.kill(each)
        adhoc.closing, adhoc.state = True, ENTERED

    # -- what the rest of the game does

    def kill(self, token: Token) -> None:
        """See :class:`Game`."""
        raise NotImplementedError

    def remove(self, token: Token) -> None:
        """See :class:`Game`."""
        raise NotImplementedError

    def settle(self, scope: Token) -> None:
        """See :class:`Game`."""
        raise NotImplementedError


def _unit(record: Record) -> list[Record]:
    inner = [] if record.by is not None else [each for one in record.inside for each in _unit(one)]
    return [record, *inner]


def _strike(log: list[Record], record: Record) -> None:
    if record in log:
        log.remove(record)
    for each in log:
        _strike(each.inside, record)
