pkmap_entries=64
