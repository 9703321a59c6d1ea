pkmap_entries=128
