"""Data: sources and the layouts of their files, the store of what was fetched, and the tables that ship inside."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Entry": "store",
        "get": "store",
        "add": "store",
        "list": "listing",
        "pull": "fetching.pulling",
        "Flows": "facts",
        "Series": "facts",
        "Events": "facts",
        "DataSource": "source",
        "sources": "registry",
        "add_source": "registry",
        "read_series": "registry",
        "DefinitionBreak": "people.shipped",
        "PeopleTable": "people.shipped",
        "circumstances": "people.shipped",
        "definition_breaks": "people.shipped",
        "people_facts": "people.shipped",
        "people_files": "people.shipped",
        "people_table": "people.shipped",
        "VisaRule": "people.visas",
        "visa_facts": "people.visas",
        "visa_rules": "people.visas",
        "geography": "world.geography",
        "land_neighbours": "world.geography",
        "WorldTables": "world.shipped",
        "world_files": "world.shipped",
        "world_tables": "world.shipped",
    },
)
