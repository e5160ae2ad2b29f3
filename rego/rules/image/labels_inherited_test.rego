package assay.rules.image.labels_inherited_test

import data.assay.rules.image.labels_inherited

# It never says that all is well.
test_skipped if count(labels_inherited.skipped) == 1 with input as {}
