"""Pictures as YUV 4:2:0 planes: scaled once for each size, blitted, blended."""
