pkmap_entries=256
