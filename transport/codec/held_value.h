// A part of a message head that is needed until the message is complete. Part of the codec.
//
//   HeldValue name;
//   name.Hold(line.substr(12));   // a view of the input
//   name.Own();                   // the input is about to go: now a copy
//
// Used by one thread at a time.
#ifndef CHATHTTP_TRANSPORT_CODEC_HELD_VALUE_H_
#define CHATHTTP_TRANSPORT_CODEC_HELD_VALUE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace chathttp {

class HeldValue {
 public:
  void Hold(std::string_view value) {
    state_ = State::kInInput;
    in_input_ = value;
  }

  // Copies what is held unless it is a copy already. Returns the bytes copied.
  std::size_t Own() {
    if (state_ != State::kInInput) return 0;
    state_ = State::kOwned;
    own_ = in_input_;
    return own_.size();
  }

  // Holds nothing; memory is given back by the destructor only.
  void Drop() { state_ = State::kNothing; }

  // Nothing if nothing is held. Valid until the next call of another function, or until the input
  // goes.
  std::optional<std::string_view> value() const {
    if (state_ == State::kNothing) return std::nullopt;
    return state_ == State::kOwned ? std::string_view(own_) : in_input_;
  }

 private:
  enum class State { kNothing, kInInput, kOwned };
  State state_ = State::kNothing;
  std::string_view in_input_;
  std::string own_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_HELD_VALUE_H_
