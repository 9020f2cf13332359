"""The service tasks of enforcement, one file for each stretch of the way; they are used as those of the cases are.

lead (:mod:`engine.cases.handlers.enforcement.lead`)
    ``lead.party`` · – · reads party {name, kind, [id_number, phone, address, representative]} · writes applicant.
        The case names from now on who acted.
"""

from engine.cases.handlers.enforcement import lead

__all__ = ["lead"]
