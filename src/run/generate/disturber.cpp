#include "run/generate/disturber.h"

#include <algorithm>

namespace racesim {

/// Whether any event of the batch is hit.
bool Disturber::decide(const WireBatch& in) {
  stream_keys_.clear();
  for (const StreamTag& stream : *in.streams) stream_keys_.push_back(topic_hash(stream.name));
  decided_.resize(in.size());
  bool any = false;
  std::uint32_t stream = 0;
  auto span = in.spans.begin();
  for (std::size_t i = 0; i < in.size(); ++i) {
    for (; span != in.spans.end() && span->first <= i; ++span) stream = span->stream;
    const std::uint64_t key = Faults::event_key(stream_keys_[stream], in.heads[i]);
    decided_[i] = {key, stream, faults_.decide(key)};
    any |= decided_[i].what.any();
  }
  return any;
}

/// Nothing that is held back has its turn before the end of the batch.
bool Disturber::is_quiet(const WireBatch& in) const {
  return waiting_.empty() &&
         (held_.empty() || in.size() == 0 || held_.begin()->first.first > in.heads.back().emit_time_ns);
}

std::shared_ptr<WireBatch> Disturber::pass(std::shared_ptr<WireBatch> in) {
  run_ = in->run;
  streams_ = in->streams;
  made_first_ = made_next_;
  made_next_ += in->size();
  made_.first = made_first_;
  made_.places.clear();
  if (!decide(*in) && is_quiet(*in)) return in;
  out_ = pool_->take();
  out_->run = in->run;
  out_->streams = in->streams;
  std::size_t done = 0;  // events before it are dealt with
  for (std::size_t i = 0; i < in->size(); ++i) {
    const std::int64_t now_ns = in->heads[i].emit_time_ns;
    const bool turn = !held_.empty() && held_.begin()->first.first <= now_ns;
    const Decided& decided = decided_[i];
    if (!decided.what.any() && !turn && !is_waited_for(in->heads[i], decided.stream)) continue;
    copy(*in, done, i);
    done = i + 1;
    send_due(now_ns);
    send(*in, i, decided);
  }
  copy(*in, done, in->size());
  return std::move(out_);
}

/// Events that nothing happens to.
void Disturber::copy(const WireBatch& in, std::size_t first, std::size_t last) {
  out_->append(in, first, last);
  for (std::size_t i = first; i < last; ++i) made_.places.push_back(made_first_ + i);
}

/// An event that was held back.
void Disturber::emit(const Held& held) {
  out_->append(held.stream, held.head, held.line, held.faults);
  made_.places.push_back(held.made);
}

bool Disturber::is_waited_for(const EventHead& head, std::uint32_t stream) const {
  return !waiting_.empty() && waiting_.count(entity_of(stream, head)) > 0;
}

/// One event that is hit, or among those that are held back.
void Disturber::send(const WireBatch& in, std::size_t i, const Decided& decided) {
  const EventHead& head = in.heads[i];
  const std::uint32_t stream = decided.stream;
  const std::uint64_t made = made_first_ + i;
  if (decided.what.drop) {
    out_->dropped.push_back({static_cast<std::uint32_t>(out_->size()), stream, head});
    return;
  }
  const auto bits = static_cast<std::uint8_t>(decided.what.kinds & ~kFaultDuplicate);
  line_ = in.line(i);
  if (bits & kFaultCorrupt) {
    line_.resize(faults_.corrupt(decided.key, line_.data(), line_.size() - 1));
    line_ += '\n';
  }
  std::int64_t sent_ns = head.emit_time_ns;
  const std::uint64_t entity = entity_of(stream, head);
  if (bits & kFaultLate) {
    sent_ns += faults_.delay_ns(decided.key);
    hold(sent_ns, {stream, head, made, bits, line_});
  } else if (bits & kFaultReorder) {
    sent_ns += faults_.rules().late_delay_ns;
    hold_behind(entity, faults_.places_back(decided.key), sent_ns, {stream, head, made, bits, line_});
  } else {
    out_->append(stream, head, line_, bits);
    made_.places.push_back(made);
    send_waiting(entity, head.emit_time_ns);
  }
  if (decided.what.kinds & kFaultDuplicate)
    hold(sent_ns + faults_.copy_delay_ns(decided.key),
         {stream, head, made, static_cast<std::uint8_t>(bits | kFaultDuplicate), line_});
}

void Disturber::hold(std::int64_t emit_time_ns, Held held) {
  held.head.emit_time_ns = emit_time_ns;
  held_.emplace(Turn{emit_time_ns, held_so_far_++}, std::move(held));
}

void Disturber::hold_behind(std::uint64_t entity, std::uint32_t events, std::int64_t deadline_ns, Held held) {
  waiting_[entity].push_back({{deadline_ns, held_so_far_}, events});
  hold(deadline_ns, std::move(held));
}

/// Sends what has its turn until then.
void Disturber::send_due(std::int64_t until_ns) {
  while (!held_.empty() && held_.begin()->first.first <= until_ns) {
    const auto& [turn, held] = *held_.begin();
    if (held.faults & kFaultReorder) stop_waiting(held, turn);
    emit(held);
    held_.erase(held_.begin());
  }
}

/// An event of the entity has passed.
void Disturber::send_waiting(std::uint64_t entity, std::int64_t now_ns) {
  const auto found = waiting_.find(entity);
  if (found == waiting_.end()) return;
  std::vector<Waiting>& all = found->second;
  for (Waiting& one : all) {
    if (--one.events > 0) continue;
    const auto held = held_.find(one.turn);
    held->second.head.emit_time_ns = now_ns;
    emit(held->second);
    held_.erase(held);
  }
  all.erase(std::remove_if(all.begin(), all.end(), [](const Waiting& one) { return one.events == 0; }),
            all.end());
  if (all.empty()) waiting_.erase(found);
}

/// The copy of a reordered event has a turn of its own and waits for nobody.
void Disturber::stop_waiting(const Held& held, const Turn& turn) {
  const auto found = waiting_.find(entity_of(held.stream, held.head));
  if (found == waiting_.end()) return;
  std::vector<Waiting>& all = found->second;
  all.erase(std::remove_if(all.begin(), all.end(), [&](const Waiting& one) { return one.turn == turn; }),
            all.end());
  if (all.empty()) waiting_.erase(found);
}

std::shared_ptr<WireBatch> Disturber::flush() {
  if (held_.empty()) return nullptr;
  made_.places.clear();
  out_ = pool_->take();
  out_->run = run_;
  out_->streams = streams_;
  send_due(INT64_MAX);
  return std::move(out_);
}

}  // namespace racesim
