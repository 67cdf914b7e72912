// A part of a message head that the decoder needs until the message is complete. Part of the codec.
//
//   HeldValue name;
//   name.Hold(line.substr(12));   // a view of the input
//   name.Own();                   // makes a copy before the input becomes invalid
//
// Not thread-safe.
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

  // Copies the held value, unless it is already a copy. Returns the number of bytes copied.
  std::size_t Own() {
    if (state_ != State::kInInput) return 0;
    state_ = State::kOwned;
    own_ = in_input_;
    return own_.size();
  }

  // Holds nothing from now on. Only the destructor frees memory.
  void Drop() { state_ = State::kNothing; }

  // The held value, or nullopt. Valid until the next non-const call, and no longer than the input.
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
