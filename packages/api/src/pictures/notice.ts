/** What whoever has pictures drawn is told. */
export const PICTURES_NOTICE =
  'pictures can be unlike what was asked for; published CLIP models are known to give nudity for innocent words';
