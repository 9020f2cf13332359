"""The grid: what is seen in the town's grids, from the report of an event to the score of the month.

``items`` says what is looked for, ``patrols`` who walks where, ``sources`` who else reports. An event (``event``,
``photo``) is compared (``alike``), classified (``classifying``, ``clock``), settled in the grid (``settling``) or by
departments (``handling``, ``commanding``), looked at (``inspecting``), supervised, and ended (``ending``, ``link``).
``overview`` shows all of them, ``assessment`` scores the month, ``past`` takes over what older systems held.
"""
