#include "codec/encode/unrolled_rows.h"

namespace racesim {

template std::unique_ptr<Encoder> unrolled_encoder<RowList1>(const SchemaInfo&, TextFormat);

}  // namespace racesim
