vmalloc=256M
