/** What a guided picture computes outside of models, on the calling thread. */
export { addNoise } from './noise';
export { light, normalize } from './light';
export { addResampled, addResampledAdjoint } from './resample';
