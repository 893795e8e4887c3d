"""Every layer's maps of one picture in one network: jobs, code, where a page opens. Panels belong to the rooms above."""
