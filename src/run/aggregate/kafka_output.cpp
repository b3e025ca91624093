#include "run/aggregate/kafka_output.h"

#include <utility>
#include <vector>

#include "io/kafka/records.h"
#include "run/aggregate/result_records.h"

namespace racesim {
namespace {

class KafkaOutput final : public ResultOutput {
 public:
  KafkaOutput(std::unique_ptr<RecordWriter> writer, const OutputRequest& request)
      : writer_(std::move(writer)), records_(request.entries) {}

  std::string name() const override { return writer_->name(); }
  Done put(const AggregationEntry& entry, const RowBatch& rows) override {
    made_.clear();
    records_.add(entry, rows, made_);
    for (KafkaRecord& record : made_)
      if (Done ok = writer_->put(0, std::move(record)); !ok) return ok;
    return {};
  }
  Done flush() override { return writer_->flush(); }
  Done close() override { return writer_->flush(); }
  void abandon() override { writer_->abandon(); }
  const WaitNote* wait() const override { return writer_->wait(); }

 private:
  std::unique_ptr<RecordWriter> writer_;
  ResultRecords records_;
  std::vector<KafkaRecord> made_;
};

}  // namespace

Result<std::unique_ptr<ResultOutput>> make_kafka_output(const OutputRequest& request) {
  auto writer = open_record_writer(request.kafka, {{request.kafka.topic, false}}, system_clock());
  if (!writer) return tl::make_unexpected(writer.error());
  return std::unique_ptr<ResultOutput>(std::make_unique<KafkaOutput>(std::move(*writer), request));
}

}  // namespace racesim
