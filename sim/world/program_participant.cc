#include <utility>

#include "chathttp/sim/world/participant.h"

namespace chathttp::sim {
namespace {

class Program final : public Participant {
 public:
  Program(const ParticipantContext& context, std::string_view name,
          const OwnParticipantFactory& factory)
      : Participant(context, name, false),
        server_(context.server_of(name)),
        own_(factory(tap(), context.scheduler)) {}

  void Connect() override {
    if (tap().current() == nullptr) own_->Connect(server_);
  }
  void Add(std::string_view name) override { own_->Add(name); }
  void Say(std::string_view text) override { own_->Say(text); }
  void List() override { own_->List(); }
  void Leave() override { own_->Leave(); }
  void SendBytes(std::string_view) override {}  // peers only

  void SetReading(bool reading) override {
    tap().SetReading(reading);
    own_->SetReading(reading);
  }
  void ShutdownWrite() override { tap().ShutdownWrite(); }
  bool Reset() override {
    const bool live = tap().Reset();
    own_->Close();
    return live;
  }
  void Close() override { own_->Close(); }

 private:
  Endpoint server_;
  std::unique_ptr<OwnParticipant> own_;
};

}  // namespace

const OwnParticipantFactory* FindFactory(const OwnParticipants& programs, const std::string& name) {
  for (const auto& [pattern, factory] : programs) {
    if (!ExpandNames(pattern, {name}).empty()) return &factory;
  }
  return nullptr;
}

std::unique_ptr<Participant> MakeProgram(const ParticipantContext& context, std::string_view name,
                                         const OwnParticipantFactory& factory) {
  return std::make_unique<Program>(context, name, factory);
}

}  // namespace chathttp::sim
