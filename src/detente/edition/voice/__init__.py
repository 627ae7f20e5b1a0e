"""The edition read aloud: a voice for a language, even loudness, MP3 with chapters, and sounds that are never remade."""

from detente.edition.voice.speakers import VOICES, SpeechVoice, voice_for
from detente.edition.voice.studio import Recording, record

__all__ = ["VOICES", "Recording", "SpeechVoice", "record", "voice_for"]
